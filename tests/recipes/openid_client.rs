//! `recipes/openid-client`: openid-client and Express.

use crate::{
    journeys,
    recipe::{Logout, Recipe, node},
};

static RECIPE: Recipe = Recipe {
    directory: "openid-client",
    home: "http://localhost:5002",
    login: "/login",
    members: "/",
    logout: Logout::Button,
    command: node,
    refuses: "not signed in: invalid response encountered",
    declined: "not signed in: access_denied",
    expected: &[],
};

journeys::of!(RECIPE);
