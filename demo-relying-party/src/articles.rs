//! The magazine's pieces.

/// Who may read a piece to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    Everyone,
    /// Whoever is signed in; everybody else sees how it begins.
    Members,
}

/// One piece.
#[derive(Debug)]
pub struct Article {
    /// Its name in the path.
    pub slug: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What it is about, in a word.
    pub rubric: &'static str,
    /// One sentence for the front page.
    pub summary: &'static str,
    /// How it begins: HTML that is part of this program.
    pub opening: &'static str,
    /// How it goes on.
    pub rest: &'static str,
    /// A small drawing: SVG that is part of this program.
    pub glyph: &'static str,
    /// Who may read it to its end.
    pub audience: Audience,
}

impl Article {
    /// The path of its page.
    pub fn path(&self) -> String {
        format!("/articles/{}", self.slug)
    }

    /// Whether it is for members only.
    pub fn is_for_members(&self) -> bool {
        self.audience == Audience::Members
    }
}

/// The article of this name.
pub fn find(slug: &str) -> Option<&'static Article> {
    ARTICLES.iter().find(|article| article.slug == slug)
}

/// All pieces, in the order of the front page.
pub static ARTICLES: [Article; 5] = [
    Article {
        slug: "the-noon-that-wanders",
        title: "The noon that wanders",
        rubric: "Clocks",
        summary: "A sundial is never wrong. It only keeps a time that we have stopped keeping.",
        opening: include_str!("../templates/articles/the-noon-that-wanders.opening.html"),
        rest: include_str!("../templates/articles/the-noon-that-wanders.rest.html"),
        glyph: include_str!("../templates/glyphs/dial.svg"),
        audience: Audience::Everyone,
    },
    Article {
        slug: "as-the-ox-turns",
        title: "As the ox turns",
        rubric: "Scripts",
        summary: "For a few centuries a line of Greek ended where the next one began, and nobody looked back.",
        opening: include_str!("../templates/articles/as-the-ox-turns.opening.html"),
        rest: include_str!("../templates/articles/as-the-ox-turns.rest.html"),
        glyph: include_str!("../templates/glyphs/furrow.svg"),
        audience: Audience::Everyone,
    },
    Article {
        slug: "one-one-three-one-one",
        title: "One, one, three, one, one",
        rubric: "Scanning",
        summary: "How a camera finds a square: by the one rhythm that print almost never makes by accident.",
        opening: include_str!("../templates/articles/one-one-three-one-one.opening.html"),
        rest: include_str!("../templates/articles/one-one-three-one-one.rest.html"),
        glyph: include_str!("../templates/glyphs/finder.svg"),
        audience: Audience::Everyone,
    },
    Article {
        slug: "the-letter-that-was-its-own-lock",
        title: "The letter that was its own lock",
        rubric: "Paper",
        summary: "Before envelopes, a letter was folded so that nobody could open it and leave it as it was.",
        opening: include_str!("../templates/articles/the-letter-that-was-its-own-lock.opening.html"),
        rest: include_str!("../templates/articles/the-letter-that-was-its-own-lock.rest.html"),
        glyph: include_str!("../templates/glyphs/letter.svg"),
        audience: Audience::Members,
    },
    Article {
        slug: "a-bed-that-tells-the-hour",
        title: "A bed that tells the hour",
        rubric: "Gardens",
        summary: "Linnaeus wanted a clock made of flowers. It would have run, in one town, on a good day.",
        opening: include_str!("../templates/articles/a-bed-that-tells-the-hour.opening.html"),
        rest: include_str!("../templates/articles/a-bed-that-tells-the-hour.rest.html"),
        glyph: include_str!("../templates/glyphs/flower.svg"),
        audience: Audience::Members,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_short_and_two_are_for_members() {
        for article in &ARTICLES {
            let words = format!("{} {}", article.opening, article.rest).split_whitespace().count();
            assert!((150..=290).contains(&words), "{} has {words} words", article.slug);
        }
        assert_eq!(ARTICLES.iter().filter(|article| article.is_for_members()).count(), 2);
    }
}
