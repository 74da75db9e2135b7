//! The table: each kind of forgery in each of its spellings.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Forgery, Good, Kind, message, parts, sign, with_signature};

/// The order of P-256 (SEC 2 section 2.4.2).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The order of Ed25519's base point, the first byte the least (RFC 8032 section 5.1).
const ED25519_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

pub(super) fn of(good: &Good) -> Vec<Forgery> {
    let rows = [
        no_algorithm(good),
        public_key_as_secret(good),
        other_algorithm(good),
        strangers(good),
        keys_along(good),
        key_names(good),
        critical(good),
        types(good),
        twice(good),
        no_object(good),
        changed(good),
        signatures(good),
        spellings(good),
    ];
    rows.into_iter().flatten().filter(|forgery| forgery.jws != good.jws && !is_none(good, forgery)).collect()
}

/// A header that has no `kid` is the same without one: that is no forgery.
fn is_none(good: &Good, forgery: &Forgery) -> bool {
    let header = |jws: &str| -> Option<Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(jws.split('.').next()?).ok()?).ok()
    };
    let may_be = matches!(forgery.kind, Kind::KeyAlong | Kind::NoKid | Kind::Type);
    may_be && header(&forgery.jws) == header(&good.jws)
}

fn forgery(kind: Kind, what: impl Into<String>, jws: impl Into<String>) -> Forgery {
    Forgery { kind, what: what.into(), jws: jws.into() }
}

fn signature(good: &Good) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(parts(&good.jws)[2]).unwrap()
}

fn no_algorithm(good: &Good) -> Vec<Forgery> {
    let spellings =
        ["none", "None", "NONE", "nOnE", "", "null", " none", "none\0"].map(|alg| Some(json!(alg)));
    let [_, _, old] = parts(&good.jws);
    let mut found = Vec::new();
    for alg in spellings.into_iter().chain([Some(Value::Null), Some(json!([])), None]) {
        let what = format!("alg {}", alg.as_ref().map_or_else(|| "is missing".into(), Value::to_string));
        let unsigned = message(&good.header_with("alg", alg.clone()).to_string(), &good.claims);
        for signature in [".", ".AA", &format!(".{old}"), ""] {
            found.push(forgery(Kind::NoAlgorithm, &what, format!("{unsigned}{signature}")));
        }
        found.push(forgery(Kind::NoAlgorithm, format!("{what}, signed"), good.signed_with("alg", alg)));
    }
    found
}

fn public_key_as_secret(good: &Good) -> Vec<Forgery> {
    let mut found = Vec::new();
    for (alg, algorithm) in
        [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384), ("HS512", hmac::HMAC_SHA512)]
    {
        let unsigned = message(&good.header_with("alg", Some(json!(alg))).to_string(), &good.claims);
        for secret in good.signer.public_forms() {
            let tag = hmac::sign(&hmac::Key::new(algorithm, &secret), unsigned.as_bytes());
            let what = format!("{alg} by {}", String::from_utf8_lossy(&secret));
            found.push(forgery(Kind::PublicKeyAsSecret, what, with_signature(&unsigned, tag.as_ref())));
        }
    }
    found
}

fn other_algorithm(good: &Good) -> Vec<Forgery> {
    let names = ["ES256", "ES384", "ES512", "ES256K", "RS256", "RS512", "PS256", "EdDSA", "Ed25519", "HS256"];
    let own = good.signer.algorithm;
    let odd = [own.to_lowercase(), format!("{own} "), own.replace("256", "512")].map(Value::from);
    let odd = odd.into_iter().chain([json!(7), json!([own]), json!({"alg": own})]);
    let names = names.map(Value::from).into_iter().chain(odd).filter(|name| *name != own);
    let signed = |name: Value| {
        forgery(Kind::OtherAlgorithm, name.to_string(), good.signed_with("alg", Some(name.clone())))
    };
    names.map(signed).collect()
}

fn strangers(good: &Good) -> Vec<Forgery> {
    let stranger = good.signer.stranger();
    let mut found =
        vec![forgery(Kind::Stranger, "a stranger's key", sign(&stranger, &good.header, &good.claims))];
    for (member, value) in key_members(&stranger.jwk()) {
        for kid in [None, Some(json!("theirs"))] {
            let mut header = good.header_with(member, Some(value.clone()));
            if let Some(kid) = kid {
                header["kid"] = kid;
            }
            let jws = sign(&stranger, &header.to_string(), &good.claims);
            found.push(forgery(Kind::StrangersKey, format!("{member} of a stranger"), jws));
        }
    }
    found
}

/// A key in a header, by value and by reference (RFC 7515 sections 4.1.2, 4.1.3, 4.1.5 and 4.1.6).
fn key_members(jwk: &Value) -> [(&'static str, Value); 4] {
    [
        ("jwk", jwk.clone()),
        ("jku", json!("https://evil.example/jwks.json")),
        ("x5u", json!("https://evil.example/chain.pem")),
        ("x5c", json!(["MIIB"])),
    ]
}

fn keys_along(good: &Good) -> Vec<Forgery> {
    let along = |(member, value)| forgery(Kind::KeyAlong, member, good.signed_with(member, Some(value)));
    key_members(&good.signer.jwk()).into_iter().map(along).collect()
}

fn key_names(good: &Good) -> Vec<Forgery> {
    let foreign = [json!("theirs"), json!(""), json!("../../../../dev/null"), json!("' or '1'='1")];
    let foreign = foreign.into_iter().chain([json!(7), json!(["x"]), json!({})]);
    let mut found: Vec<Forgery> = foreign
        .map(|kid| forgery(Kind::ForeignKid, kid.to_string(), good.signed_with("kid", Some(kid.clone()))))
        .collect();
    found.push(forgery(Kind::NoKid, "no kid", good.signed_with("kid", None)));
    found
}

fn critical(good: &Good) -> Vec<Forgery> {
    [json!(["exp"]), json!(["b64"]), json!(["alg"]), json!([]), json!("exp"), Value::Null]
        .into_iter()
        .map(|crit| {
            let mut header = good.header_with("crit", Some(crit.clone()));
            header["b64"] = json!(false);
            header["exp"] = json!(1);
            forgery(Kind::Critical, crit.to_string(), good.sign(&header.to_string(), &good.claims))
        })
        .collect()
}

fn types(good: &Good) -> Vec<Forgery> {
    let names = ["JWT", "at+jwt", "dpop+jwt", "logout+jwt", "secevent+jwt", "kb+jwt", "JOSE", ""];
    let odd = [Some(json!(7)), Some(json!(["JWT"])), None];
    let names = names.map(|name| Some(json!(name))).into_iter().chain(odd);
    let typed = |name: Option<Value>| {
        let what = name.as_ref().map_or_else(|| "no typ".into(), Value::to_string);
        forgery(Kind::Type, what, good.signed_with("typ", name))
    };
    names.map(typed).collect()
}

fn twice(good: &Good) -> Vec<Forgery> {
    let mut found = Vec::new();
    let first = |text: &str, member: &str| text.replacen('{', &format!("{{{member},"), 1);
    let last = |text: &str, member: &str| format!("{},{member}}}", text.strip_suffix('}').unwrap());
    for member in [r#""alg":"none""#, r#""\u0061lg":"none""#] {
        for header in [first(&good.header, member), last(&good.header, member)] {
            found.push(forgery(Kind::Twice, member, good.sign(&header, &good.claims)));
        }
    }
    for (is_header, text) in [(true, &good.header), (false, &good.claims)] {
        for (name, value) in serde_json::from_str::<Value>(text).unwrap().as_object().unwrap() {
            for value in [value, &json!("theirs")] {
                let member = format!("{}:{value}", json!(name));
                for odd in [first(text, &member), last(text, &member)] {
                    let jws =
                        if is_header { good.sign(&odd, &good.claims) } else { good.sign(&good.header, &odd) };
                    found.push(forgery(Kind::Twice, member.clone(), jws));
                }
            }
        }
    }
    if good.header.contains(r#""jwk":{"#) {
        let header = good.header.replace(r#""jwk":{"#, r#""jwk":{"kty":"oct","#);
        found.push(forgery(Kind::Twice, "kty in jwk", good.sign(&header, &good.claims)));
    }
    found
}

fn no_object(good: &Good) -> Vec<Forgery> {
    let mut found = Vec::new();
    for text in ["", "{}", "[]", "null", "7", "{", "\"x\"", "{}{}"] {
        found.push(forgery(Kind::NoObject, format!("header {text}"), good.sign(text, &good.claims)));
        found.push(forgery(Kind::NoObject, format!("claims {text}"), good.sign(&good.header, text)));
    }
    let array = |text: &str| format!("[{text}]");
    let nested = message(&good.header, &good.claims);
    for (header, claims) in [
        (array(&good.header), good.claims.clone()),
        (good.header.clone(), array(&good.claims)),
        (good.header.clone(), format!("{}{}", good.claims, good.claims)),
        (good.header.clone(), format!("\u{feff}{}", good.claims)),
        (good.header.clone(), nested),
    ] {
        found.push(forgery(Kind::NoObject, "in or beside something", good.sign(&header, &claims)));
    }
    found
}

fn changed(good: &Good) -> Vec<Forgery> {
    let [header, claims, signature] = parts(&good.jws);
    let other_claims = URL_SAFE_NO_PAD.encode(r#"{"sub":"mei"}"#);
    let wider = URL_SAFE_NO_PAD.encode(good.claims.replacen('{', r#"{"more":1,"#, 1));
    let other_header = URL_SAFE_NO_PAD.encode(good.header.replacen('{', r#"{"more":1,"#, 1));
    let other = good.sign(&good.header, r#"{"sub":"mei"}"#);
    [
        ("other claims", format!("{header}.{other_claims}.{signature}")),
        ("a claim more", format!("{header}.{wider}.{signature}")),
        ("another header", format!("{other_header}.{claims}.{signature}")),
        ("the signature of another", format!("{header}.{claims}.{}", parts(&other)[2])),
    ]
    .into_iter()
    .map(|(what, jws)| forgery(Kind::Changed, what, jws))
    .collect()
}

fn signatures(good: &Good) -> Vec<Forgery> {
    let own = signature(good);
    let length = own.len();
    let mut odd = vec![
        ("empty", Vec::new()),
        ("one byte", own[..1].to_vec()),
        ("half", own[..length / 2].to_vec()),
        ("truncated", own[..length - 1].to_vec()),
        ("a byte more", [&own[..], &[0]].concat()),
        ("a byte before", [&[0], &own[..]].concat()),
        ("twice", own.repeat(2)),
        ("zeros", vec![0; length]),
        ("ones", vec![0xff; length]),
    ];
    let mut found = Vec::new();
    let (first, second) = own.split_at(length / 2);
    match good.signer.algorithm {
        "ES256" => {
            let zero = &[0; 32][..];
            odd.extend([
                ("DER", der(first, second)),
                ("s before r", [second, first].concat()),
                ("no r", [zero, second].concat()),
                ("no s", [first, zero].concat()),
                ("n and n", ORDER.repeat(2)),
                ("r and n", [first, &ORDER[..]].concat()),
            ]);
            let twin =
                with_signature(&message(&good.header, &good.claims), &[first, &minus(second)].concat());
            found.push(forgery(Kind::Twin, "n - s for s", twin));
        }
        "EdDSA" => odd.push(("S + L for S", [first, &plus(second)].concat())),
        _ => odd.push(("the first byte cut off", own[1..].to_vec())),
    }
    let signed = message(&good.header, &good.claims);
    let odd =
        odd.into_iter().map(|(what, bytes)| forgery(Kind::Signature, what, with_signature(&signed, &bytes)));
    found.extend(odd);
    found
}

/// n − s.
fn minus(s: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut digits: Vec<u8> = ORDER
        .iter()
        .zip(s)
        .rev()
        .map(|(order, byte)| {
            let difference = i16::from(*order) - i16::from(*byte) - borrow;
            borrow = i16::from(difference < 0);
            u8::try_from(difference.rem_euclid(256)).unwrap()
        })
        .collect();
    digits.reverse();
    digits
}

/// S + L, which is less than 2^256.
fn plus(s: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let digit = |(order, byte): (&u8, &u8)| {
        let sum = u16::from(*order) + u16::from(*byte) + carry;
        carry = sum >> 8;
        sum.to_le_bytes()[0]
    };
    ED25519_ORDER.iter().zip(s).map(digit).collect()
}

/// `ECDSA-Sig-Value` (RFC 3279 section 2.2.3).
fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let start = number.iter().position(|byte| *byte != 0).unwrap_or(31);
        let sign: &[u8] = if number[start] < 0x80 { &[] } else { &[0] };
        let digits = [sign, &number[start..]].concat();
        [&[2, u8::try_from(digits.len()).unwrap()], &digits[..]].concat()
    };
    let numbers = [integer(r), integer(s)].concat();
    [&[0x30, u8::try_from(numbers.len()).unwrap()], &numbers[..]].concat()
}

fn spellings(good: &Good) -> Vec<Forgery> {
    let jws = &good.jws;
    let [header, claims, signature] = parts(jws);
    let flattened = json!({"payload": claims, "protected": header, "signature": signature});
    let signatures = json!([{"protected": header, "signature": signature}]);
    let mut odd = vec![
        format!("{jws}="),
        format!("{jws}=="),
        format!("{header}=.{claims}.{signature}"),
        format!("{header}.{claims}==.{signature}"),
        format!("{jws}."),
        format!(".{jws}"),
        format!("{jws}.{signature}"),
        format!("{jws}.{signature}.AA"),
        format!("{header}..{claims}.{signature}"),
        format!("{header}..{signature}"),
        format!("{header}.{claims}"),
        format!("{header}.{}.{signature}", good.claims),
        format!("{claims}.{header}.{signature}"),
        format!("{header}.{claims} .{signature}"),
        format!("{header}\n.{claims}.{signature}"),
        format!("{jws}A"),
        format!("{jws}AA"),
        format!("{jws}\n"),
        format!("{jws} "),
        format!(" {jws}"),
        format!("{jws}\0"),
        format!("{jws},{jws}"),
        jws.to_uppercase(),
        jws.replace('-', "+").replace('_', "/"),
        flattened.to_string(),
        json!({"payload": claims, "signatures": signatures}).to_string(),
        "..".into(),
        ".".into(),
    ];
    odd.extend(
        [header, claims, signature].into_iter().filter_map(|part| Some(jws.replace(part, &loose(part)?))),
    );
    odd.into_iter().map(|jws| forgery(Kind::Spelling, "another spelling", jws)).collect()
}

/// The part with other bits in its last letter, where some of them do not count.
fn loose(part: &str) -> Option<String> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = LETTERS.find(part.chars().last()?)?;
    let whole = part.len().is_multiple_of(4);
    (!whole).then(|| format!("{}{}", &part[..part.len() - 1], &LETTERS[last ^ 1..][..1]))
}
