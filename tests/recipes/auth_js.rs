//! `recipes/auth-js`: Auth.js and Express.

use crate::{
    journeys,
    recipe::{Logout, Recipe, node},
};

static RECIPE: Recipe = Recipe {
    directory: "auth-js",
    home: "http://localhost:5003",
    login: "/login",
    members: "/",
    logout: Logout::Button,
    command: node,
    refuses: "not signed in: Configuration",
    declined: "not signed in: OAuthCallbackError",
    expected: &[],
};

journeys::of!(RECIPE);
