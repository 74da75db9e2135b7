//! `saoma audit` against the real provider, and against twins of it that are each broken in one way: the audit must find that, and
//! nothing else.

#![expect(clippy::unwrap_used, reason = "what cannot be done here is a failed test")]

mod attacks;
mod binding;
mod flaws;
mod practice;
mod stage;
mod twin;
mod whole;
