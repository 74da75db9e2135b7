//! Whoever copies the database has no login, no token and no key.

use std::{collections::HashSet, fs};

use saoma_tests::Operator;

use crate::logs::journey;

/// Length of what is looked for: shorter, and chance finds it.
const PIECE: usize = 12;

#[tokio::test]
async fn no_secret_of_a_whole_journey_is_in_any_file_but_the_key_s_own() {
    let operator = Operator::new();
    let server = operator.open().await;
    let secrets = journey(&operator, &server.url()).await;
    // The server runs on: what is in the log of the database and not in the database yet is copied, too.
    let mut pieces = HashSet::new();
    let mut files = 0;
    for file in fs::read_dir(operator.data()).unwrap().map(|file| file.unwrap().path()) {
        if file.file_name().is_some_and(|name| name == "keys.secret") {
            continue;
        }
        files += 1;
        pieces.extend(fs::read(file).unwrap().windows(PIECE).map(<[u8]>::to_vec));
    }
    assert!(files >= 2 && pieces.len() > 10_000, "the database and its log have been read");
    let stored = |text: &str| text.as_bytes().windows(PIECE).any(|piece| pieces.contains(piece));
    assert!(stored("lin@example.com"), "what is no secret is found so");

    assert!(secrets.len() > 25, "a journey has many secrets");
    for secret in secrets {
        // A prefix says what kind of secret it is, and a JWT's head how it is signed: the rest is what counts.
        let bare = secret.strip_prefix("saoma_").and_then(|rest| rest.split_once('_')).map(|(_, rest)| rest);
        let signature = secret.rsplit_once('.').filter(|(head, _)| head.contains('.')).map(|(_, last)| last);
        let rest = bare.or(signature).unwrap_or(&secret);
        assert!(rest.len() >= PIECE && !stored(rest), "the database holds {secret}");
    }
    let key = fs::read_to_string(operator.data().join("keys.secret")).unwrap();
    assert!(!stored(key.trim()), "nor is the key beside what it opens");
}
