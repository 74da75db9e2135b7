//! The code that a person types.

use provider::login::user_code::{digest, read, show};

pub(super) fn hold(data: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(data);
    let Some(code) = read(&text) else { return "refused" };
    assert!(
        code.len() == 8 && code.bytes().all(|letter| b"BCDFGHJKLMNPQRSTVWXZ".contains(&letter)),
        "{code}"
    );
    for typed in [show(&code), show(&code).to_lowercase(), format!(" {code}\n")] {
        assert_eq!(read(&typed).as_ref(), Some(&code), "{typed}");
    }
    assert_eq!(digest(&code), digest(&read(&show(&code)).expect("it was read before")));
    "accepted"
}
