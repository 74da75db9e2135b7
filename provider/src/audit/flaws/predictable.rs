//! F3: nobody can guess a code.

use std::collections::HashSet;

use crate::audit::{Check, Verdict, demand, target::Target};

/// Logins that are compared.
const SAMPLES: usize = 24;

/// Characters of base64url that 128 bits take, but for the last, which holds two of them.
const FULL_CHARACTERS: usize = 21;

/// A character that is random has at least so many values among the samples: of 64 that may be, 24 draws show fewer than 8 less
/// than once in 10^9 times.
const VALUES: usize = 8;

pub(super) const CHECK: Check = Check {
    id: "F3",
    title: "Codes and browser secrets are random, of 128 bits or more",
    source: super::SOURCE,
    advice: "Draw identifiers from the operating system's random generator, 16 bytes at least, and no counter or time.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let (mut codes, mut secrets) = (Vec::new(), Vec::new());
    for _ in 0..SAMPLES {
        let login = target.start().await?;
        // The handle: what follows the path that is the same for all.
        codes.push(login.started.qr.prefix.rsplit('/').next().unwrap_or_default().to_owned());
        secrets.push(login.secret.clone());
    }
    judge("a QR code", &codes)?;
    judge("a browser secret", &secrets)
}

/// Counts the characters that vary as random ones do.
fn judge(what: &str, samples: &[String]) -> Verdict {
    let distinct: HashSet<&String> = samples.iter().collect();
    demand(distinct.len() == samples.len(), format!("{what} came twice"))?;
    let prefix = common_prefix(samples);
    let random = (prefix..=prefix + FULL_CHARACTERS)
        .filter(|at| {
            let values: HashSet<_> = samples.iter().map(|sample| sample.as_bytes().get(*at)).collect();
            values.len() >= VALUES && !values.contains(&None)
        })
        .count();
    demand(
        random >= FULL_CHARACTERS,
        format!("only {random} of the first {} characters of {what} look random", FULL_CHARACTERS + 1),
    )
}

/// How many characters all samples begin with alike: what names the kind of secret, or where the code leads.
fn common_prefix(samples: &[String]) -> usize {
    let first = samples.first().map(String::as_bytes).unwrap_or_default();
    let alike = |at: usize| samples.iter().all(|sample| sample.as_bytes().get(at) == first.get(at));
    (0..first.len()).find(|at| !alike(*at)).unwrap_or(first.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    #[test]
    fn random_bytes_pass_and_counters_and_short_ones_do_not() {
        let random = Random::seeded(1);
        let draw = || (0..SAMPLES).map(|_| URL_SAFE_NO_PAD.encode(random.bytes::<16>()));
        assert_eq!(judge("it", &draw().collect::<Vec<_>>()), Ok(()));
        assert!(judge("it", &(0..SAMPLES).map(|n| format!("{n:024}")).collect::<Vec<_>>()).is_err());
        assert!(judge("it", &draw().map(|text| text[..16].to_owned()).collect::<Vec<_>>()).is_err());
        assert!(judge("it", &vec!["the same all the time, it is".to_owned(); SAMPLES]).is_err());
    }
}
