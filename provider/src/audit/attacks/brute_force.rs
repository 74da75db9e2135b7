//! A3, brute-force login: the attacker tries codes near one that was seen, and codes to type, until one is somebody's.

use crate::audit::{Check, Verdict, demand, target::Target};

/// The alphabet of base64url, in its order.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Codes to type that are tried.
const TYPED: [&str; 4] = ["BBBB-BBBB", "BCDF-GHJK", "WDJB-MJHT", "ZZZZ-ZZZZ"];

pub(super) const CHECK: Check = Check {
    id: "A3",
    title: "Brute-force login: no code near a seen one, and no made-up one, is good",
    source: super::SOURCE,
    advice: "Make codes of 128 random bits, look them up whole, and limit how often a phone and an address may try.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let phone = target.phone()?;
    let seen = target.start().await?;
    // Somebody else's, begun right before and after: what a counter would lead to.
    let _others = (target.start().await?, target.start().await?);
    for guess in neighbours(&seen.qr()) {
        demand(phone.scan(&guess).await.is_err(), format!("the guessed code {guess} is good"))?;
    }
    for code in TYPED {
        demand(phone.type_code(code).await.is_err(), format!("the made-up code {code} is good"))?;
    }
    demand(seen.state().await? == "waiting", "a guess hit the login that was seen")
}

/// Codes that are near one: the next ones, if it is a number, and those that differ in one character.
fn neighbours(code: &str) -> Vec<String> {
    let (path, handle) = code.rsplit_once('/').unwrap_or(("", code));
    let mut near = Vec::new();
    if let Ok(number) = handle.parse::<u128>() {
        near.extend(
            [1, 2].map(|step| format!("{:0width$}", number.wrapping_add(step), width = handle.len())),
        );
    }
    for at in [0, handle.len() / 2, handle.len().saturating_sub(1)] {
        for step in [1, 63] {
            let mut bytes = handle.as_bytes().to_vec();
            let Some(place) =
                bytes.get(at).and_then(|byte| ALPHABET.iter().position(|letter| letter == byte))
            else {
                continue;
            };
            bytes[at] = ALPHABET[(place + step) % ALPHABET.len()];
            near.extend(String::from_utf8(bytes));
        }
    }
    near.into_iter().map(|handle| format!("{path}/{handle}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_others_and_a_counter_s_next_is_among_them() {
        let near = neighbours("https://a/q/0000000041");
        assert!(near.contains(&"https://a/q/0000000042".to_owned()));
        assert!(!near.contains(&"https://a/q/0000000041".to_owned()));
        assert_eq!(neighbours("https://a/q/Abc-_Z").len(), 6);
    }
}
