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

journeys::of!(RECIPE);
