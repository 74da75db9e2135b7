//! Where a reader was, so that signing in can bring them back there.

use crate::articles::{self, Article};

/// A page of this site. It can be nothing else, so that "return to" is never an open redirect.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// The front page.
    Home,
    /// The reader's account.
    Account,
    /// One article.
    Article(&'static Article),
}

impl Place {
    /// Reads a path of this site; whatever is no page of ours is the front page.
    pub fn parse(path: &str) -> Self {
        match path {
            "/account" => Self::Account,
            _ => path.strip_prefix("/articles/").and_then(articles::find).map_or(Self::Home, Self::Article),
        }
    }

    /// The path of the page.
    pub fn path(self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::Account => "/account".to_owned(),
            Self::Article(article) => article.path(),
        }
    }
}
