//! `recipes/openid-client`: openid-client and Express.

use tokio::process::Command;

use crate::{
    journeys,
    recipe::{Logout, Recipe, Start, node},
};

static RECIPE: Recipe = Recipe {
    directory: "openid-client",
    home: "http://localhost:5002",
    login: "/login",
    members: "/",
    logout: Logout::Button,
    command: site,
    refuses: "not signed in: invalid response encountered",
    declined: "not signed in: access_denied",
    expected: &[],
};

fn site(start: &Start<'_>) -> Command {
    node("openid-client", start)
}

#[tokio::test]
async fn a_visitor_signs_in_and_out() {
    journeys::in_and_out(&RECIPE).await;
}

#[tokio::test]
async fn an_answer_with_another_state_is_refused() {
    journeys::another_state(&RECIPE).await;
}

#[tokio::test]
async fn an_answer_is_of_no_use_in_another_browser() {
    journeys::another_browser(&RECIPE).await;
}

#[tokio::test]
async fn who_declined_is_told_so() {
    journeys::declined(&RECIPE).await;
}
