//! Refusals that several calls of the phone API share, for its OpenAPI document.

use protocol::Problem;
use utoipa::IntoResponses;

/// What a call with a body may be refused for.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it only describes; the extractors make the answers")]
pub(super) enum BodyRefused {
    /// The body is not JSON, or has not the members it must have; for a scan: not a sign-in code.
    #[response(status = 400)]
    Malformed(Problem),
    /// The body is too large.
    #[response(status = 413)]
    TooLarge(Problem),
    /// The body is not sent as JSON.
    #[response(status = 415)]
    MediaType(Problem),
}
