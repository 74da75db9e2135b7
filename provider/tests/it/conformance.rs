//! `docs/conformance.md`: which test proves which demand of which specification. It is made from the tests themselves.
//!
//! A test that proves a demand says so in its documentation: `MUST: <specification> section <number>: <the demand>.` Its name begins with
//! specification and section, such as `rfc6749_4_1_2_`.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use crate::forgeries;

/// Where tests are. What a relying party has to do, the demo does.
const ROOMS: [&str; 4] = ["provider/src", "provider/tests", "tests", "demo-relying-party/tests"];

/// The specifications, by the name that the lines use, in the order of the table; and what names of tests begin with.
const SPECIFICATIONS: [(&str, &str, &str); 28] = [
    ("RFC 6749", "OAuth 2.0", "rfc6749"),
    ("RFC 6750", "Bearer tokens", "rfc6750"),
    ("RFC 7009", "Token revocation", "rfc7009"),
    ("RFC 7521", "Assertion framework", "rfc7521"),
    ("RFC 7523", "JWT for client authentication and grants", "rfc7523"),
    ("RFC 7591", "Dynamic client registration", "rfc7591"),
    ("RFC 7592", "Client registration management", "rfc7592"),
    ("RFC 7636", "PKCE", "rfc7636"),
    ("RFC 7662", "Token introspection", "rfc7662"),
    ("RFC 8252", "Native apps", "rfc8252"),
    ("RFC 8414", "Authorization server metadata", "rfc8414"),
    ("RFC 8628", "Device grant", "rfc8628"),
    ("RFC 8707", "Resource indicators", "rfc8707"),
    ("RFC 8725", "JWT best current practice", "rfc8725"),
    ("RFC 9068", "JWT access tokens", "rfc9068"),
    ("RFC 9126", "Pushed authorization requests", "rfc9126"),
    ("RFC 9207", "Issuer in the response", "rfc9207"),
    ("RFC 9449", "DPoP", "rfc9449"),
    ("RFC 9700", "Security best current practice", "rfc9700"),
    ("FAPI 2.0 Security Profile", "for banks", "fapi2"),
    ("OAuth 2.0 Form Post Response Mode", "Form post", "form_post"),
    ("OIDC Core", "OpenID Connect Core", "oidc_core"),
    ("OIDC Discovery", "OpenID Connect Discovery", "oidc_discovery"),
    ("OIDC Registration", "OpenID Connect Registration", "oidc_registration"),
    ("OIDC RP-Initiated Logout", "Sign-out from the site", "rp_logout"),
    ("OIDC Back-Channel Logout", "Sign-out told to the site", "back_channel_logout"),
    ("RFC 7515", "JSON Web Signature", "rfc7515"),
    ("WebAuthn Level 3", "Passkeys", "webauthn"),
];

/// The heading of the table of forgeries.
const FORGERIES: &str = "
## Forgeries

What each place that verifies a signature does with each known forgery; `provider/tests/it/forgeries` tries all of them at every such place,
and `demo-relying-party/tests/it/forgeries.rs` at the demo.

";

/// What is not in the table, and why.
const LEFT_OUT: &str = "
## What does not apply

| specification | what | why |
| --- | --- | --- |
| RFC 6749 | implicit and password grants | they are not offered (RFC 9700 sections 2.1.2 and 2.4); asked for, they are refused |
| RFC 7523 | assertions under a shared secret | clients sign with keys of their own, or send a secret |
| OIDC Core sections 3.2, 3.3, 6 and 10.2 | implicit and hybrid flows, request objects, encryption | they are not offered; asked for, they are refused by name |
| OIDC Core section 15.2 | what a dynamic provider has beyond this: `id_token` as a response type, `request_uri` by reference | they are not offered |
| RFC 8705 | certificates that clients prove themselves by | FAPI 2.0 takes `private_key_jwt` and DPoP in their place |
";

struct Proof {
    specification: String,
    section: String,
    demand: String,
    test: String,
    file: String,
}

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The proofs in one file.
fn proofs(file: &str, text: &str) -> Vec<Proof> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let starts = (0..lines.len()).filter(|at| lines[*at].starts_with("/// MUST: "));
    starts.map(|at| proof(file, &lines[at..])).collect()
}

fn proof(file: &str, lines: &[&str]) -> Proof {
    let mut said = String::new();
    for (at, line) in lines.iter().enumerate() {
        match line.strip_prefix("///").map(str::trim) {
            Some(more) if at == 0 || !(more.is_empty() || more.starts_with("MUST: ")) => {
                said.push(' ');
                said.push_str(more);
            }
            _ => break,
        }
    }
    let said = said.trim().trim_start_matches("MUST: ");
    let wrong = || format!("{file}: `{said}` is not `<specification> section <number>: <demand>.`");
    let (place, demand) = said.split_once(": ").unwrap_or_else(|| panic!("{}", wrong()));
    let (specification, section) = place.split_once(" section ").unwrap_or_else(|| panic!("{}", wrong()));
    assert!(demand.ends_with('.'), "{}", wrong());
    let test = lines.iter().find_map(|line| line.split_once("fn ")?.1.split('(').next());
    Proof {
        specification: specification.to_owned(),
        section: section.to_owned(),
        demand: demand.trim_end_matches('.').to_owned(),
        test: test.unwrap_or_else(|| panic!("{}", wrong())).to_owned(),
        file: file.to_owned(),
    }
}

/// Numbers in a section's name count as numbers: 4.10 comes after 4.9.
fn order(section: &str) -> Vec<u32> {
    section.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
}

fn table() -> String {
    let mut files = Vec::new();
    for room in ROOMS {
        sources(&root().join(room), &mut files);
    }
    files.sort();
    let mut by_specification: BTreeMap<String, Vec<Proof>> = BTreeMap::new();
    for path in files {
        let file = path.strip_prefix(root()).unwrap().display().to_string();
        for proof in proofs(&file, &fs::read_to_string(&path).unwrap()) {
            by_specification.entry(proof.specification.clone()).or_default().push(proof);
        }
    }
    let mut page = "# Conformance\n\nWhich test proves which demand. Made from the tests by \
        `SAOMA_UPDATE_DOCS=1 cargo test --package saoma --test it conformance`.\n"
        .to_owned();
    for (name, title, prefix) in SPECIFICATIONS {
        let Some(mut proofs) = by_specification.remove(name) else { continue };
        proofs.sort_by_key(|proof| order(&proof.section));
        write!(page, "\n## {name}: {title}\n\n| section | demand | test |\n| --- | --- | --- |\n").unwrap();
        for Proof { section, demand, test, file, .. } in proofs {
            let beginning = format!("{prefix}_{}_", section.replace('.', "_").to_lowercase());
            assert!(test.starts_with(&beginning), "{file}: `{test}` proves {name} section {section}");
            writeln!(page, "| {section} | {} | `{test}` in `{file}` |", demand.replace('|', "\\|")).unwrap();
        }
    }
    let unknown: Vec<&String> = by_specification.keys().collect();
    assert!(unknown.is_empty(), "specifications that the table does not know: {unknown:?}");
    page.push_str(FORGERIES);
    page.push_str(&forgeries::table());
    page.push_str(LEFT_OUT);
    page
}

#[test]
fn the_table_is_fresh() {
    let file = root().join("docs/conformance.md");
    let fresh = table();
    if std::env::var_os("SAOMA_UPDATE_DOCS").is_some() {
        fs::write(&file, &fresh).unwrap();
    }
    let kept = fs::read_to_string(file).unwrap_or_default();
    assert!(kept == fresh, "docs/conformance.md is stale; make it anew with SAOMA_UPDATE_DOCS=1");
}

#[test]
fn a_line_that_is_not_of_the_form_is_refused() {
    let read =
        |line: &str| std::panic::catch_unwind(|| proofs("a.rs", &format!("{line}\nasync fn it() {{}}")));
    assert_eq!(read("/// MUST: RFC 1 section 2.3: something holds.").unwrap()[0].test, "it");
    for odd in
        ["/// MUST: something holds.", "/// MUST: RFC 1: something holds.", "/// MUST: RFC 1 section 2: x"]
    {
        assert!(read(odd).is_err(), "{odd}");
    }
}
