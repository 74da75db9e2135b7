//! Forged tokens.
