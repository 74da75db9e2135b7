//! `recipes/authlib`: Authlib and Flask.

use tokio::process::Command;

use crate::{
    journeys,
    recipe::{Logout, Recipe, Start, fetched},
};

static RECIPE: Recipe = Recipe {
    directory: "authlib",
    home: "http://localhost:5001",
    login: "/login",
    members: "/",
    logout: Logout::Button,
    command: flask,
    refuses: "not signed in: mismatching_state",
    declined: "not signed in: access_denied",
    expected: &["This is a development server"],
};

fn flask(start: &Start<'_>) -> Command {
    let mut flask = Command::new(fetched("venv/bin/flask"));
    flask.args(["--app", "app", "run", "--port", &start.port.to_string()]);
    flask
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
