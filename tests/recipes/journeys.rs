//! What a visitor of any recipe's site does.

use crate::{
    place::Place,
    recipe::{Logout, Recipe},
    visitor::Visitor,
};

/// A test for each journey to one recipe's site.
macro_rules! of {
    ($recipe:ident) => {
        #[tokio::test]
        async fn a_visitor_signs_in_and_out() {
            $crate::journeys::in_and_out(&$recipe).await;
        }

        #[tokio::test]
        async fn an_answer_with_another_state_is_refused() {
            $crate::journeys::another_state(&$recipe).await;
        }

        #[tokio::test]
        async fn an_answer_is_of_no_use_in_another_browser() {
            $crate::journeys::another_browser(&$recipe).await;
        }

        #[tokio::test]
        async fn who_declined_is_told_so() {
            $crate::journeys::declined(&$recipe).await;
        }
    };
}
pub(crate) use of;

/// Somebody signs in, is known by name, and logs out: of the site, and of the provider if its discovery names a place for
/// that. The client has nothing to complain of.
pub(crate) async fn in_and_out(recipe: &'static Recipe) {
    let place = Place::open(recipe).await;
    let visitor = Visitor::new();
    assert!(!place.knows(&visitor).await);

    let screen = place.ask(&visitor).await;
    let request = &screen.request;
    assert_eq!(request.parameter("response_type"), "code");
    assert_eq!(request.parameter("scope"), "openid profile email");
    assert_eq!(request.parameter("code_challenge_method"), "S256");
    assert_eq!(request.parameter("code_challenge").len(), 43);
    assert!(request.parameter("state").len() > 20 && request.parameter("nonce").len() >= 20);
    place.phone.approve(&screen.qr).await.unwrap();

    let answer = place.answer(&visitor, &screen).await;
    assert_eq!(answer.parameter("state"), request.parameter("state"));
    let home = visitor.walk(answer.url.as_str(), None).await;
    assert_eq!(home.page().status, 200, "{home:?}");
    assert!(place.knows(&visitor).await, "{home:?}\n{}", place.log());

    log_out(&place, recipe, &visitor).await;
    assert!(!place.knows(&visitor).await, "{}", place.log());
    complains_of_nothing(&place, recipe);
}

async fn log_out(place: &Place, recipe: &Recipe, visitor: &Visitor) {
    let url = place.site("/logout");
    let first = match recipe.logout {
        Logout::Link => visitor.get(&url).await,
        Logout::Button => visitor.press(&url).await,
    };
    let from = url.parse().unwrap();
    let end = match place.discovery().await["end_session_endpoint"].as_str() {
        None => visitor.walk_on(from, first, None).await,
        Some(at_provider) => {
            let there = visitor.walk_on(from, first, Some(at_provider)).await;
            assert_eq!(there.parameter("post_logout_redirect_uri"), place.site("/"));
            assert!(there.parameter("id_token_hint").starts_with("ey"), "{there:?}");
            let end = visitor.walk(there.url.as_str(), None).await;
            // The provider does not know this browser any more: there is a code to scan.
            place.ask(visitor).await;
            end
        }
    };
    assert!(end.url.as_str().starts_with(&place.site("/")), "it ends at the site: {end:?}");
    assert_eq!(end.page().status, 200, "{end:?}");
}

fn complains_of_nothing(place: &Place, recipe: &Recipe) {
    let log = place.log();
    let news = log.lines().filter(|line| {
        let words = line.to_lowercase();
        (words.contains("warn") || words.contains("error"))
            && !recipe.expected.iter().any(|part| line.contains(part))
    });
    assert_eq!(news.collect::<Vec<_>>(), [""; 0], "in the site's log");
}

/// An answer whose state is not the one that the site made is refused.
pub(crate) async fn another_state(recipe: &'static Recipe) {
    let place = Place::open(recipe).await;
    let visitor = Visitor::new();
    let screen = place.ask(&visitor).await;
    place.phone.approve(&screen.qr).await.unwrap();
    let mut answer = place.answer(&visitor, &screen).await;
    let others =
        answer.url.query_pairs().filter(|(name, _)| name != "state").map(|(n, v)| (n.into(), v.into()));
    let others: Vec<(String, String)> = others.collect();
    answer.url.query_pairs_mut().clear().extend_pairs(others).append_pair("state", "another");

    let page = visitor.walk(answer.url.as_str(), None).await;
    assert!(page.page().body.contains(recipe.refuses), "{page:?}");
    assert!(!place.knows(&visitor).await);

    visitor.walk(&place.site(recipe.login), None).await;
    assert!(place.knows(&visitor).await, "the next try is a good one, without a scan:\n{}", place.log());
}

/// An answer is good in the browser alone that has asked: nobody is signed in by another's link.
pub(crate) async fn another_browser(recipe: &'static Recipe) {
    let place = Place::open(recipe).await;
    let (visitor, other) = (Visitor::new(), Visitor::new());
    let screen = place.ask(&visitor).await;
    place.phone.approve(&screen.qr).await.unwrap();
    let answer = place.answer(&visitor, &screen).await;

    other.walk(answer.url.as_str(), None).await;
    assert!(!place.knows(&other).await);
}

/// Somebody who declines is told so, and not signed in.
pub(crate) async fn declined(recipe: &'static Recipe) {
    let place = Place::open(recipe).await;
    let visitor = Visitor::new();
    let screen = place.ask(&visitor).await;
    place.phone.scan(&screen.qr).await.unwrap();
    place.phone.deny().await.unwrap();

    let back = place.way_back(&visitor, &screen).await;
    let page = visitor.walk(&back, None).await;
    assert!(page.page().body.contains(recipe.declined), "{page:?}");
    assert!(!place.knows(&visitor).await);
}
