//! Settings: flags go before the environment, that before the file, that before the defaults; each is documented.

use saoma_tests::{Browser, Operator, Server};

/// How long a code lives at this server, in seconds.
async fn code_lives(server: &mut Server) -> u64 {
    server.start().await;
    let browser = Browser::new(&server.url());
    let login = browser.ask_by_widget().await;
    browser.look(&login).await.json()["expires_in"].as_u64().unwrap()
}

#[tokio::test]
async fn flags_then_environment_then_file_then_default() {
    let operator = Operator::new();
    drop(operator.open().await);
    let file = operator.path("saoma.toml");
    std::fs::write(&file, "qr_seconds = 300\n").unwrap();
    let config = ["--config", file.to_str().unwrap()];
    for (expected, mut server) in [
        (120, operator.server()),
        (300, operator.server().with(&config)),
        (400, operator.server().with(&config).with_variable("SAOMA_QR_SECONDS", "400")),
        (
            500,
            operator
                .server()
                .with(&config)
                .with_variable("SAOMA_QR_SECONDS", "400")
                .with(&["--qr-seconds", "500"]),
        ),
    ] {
        let lives = code_lives(&mut server).await;
        assert!((expected - 20..=expected).contains(&lives), "{lives} s, not {expected} s");
    }
}

#[tokio::test]
async fn the_help_documents_every_setting() {
    let operator = Operator::new();
    // The complaint about an unknown key names all that there are.
    std::fs::write(operator.path("odd.toml"), "odd = 1\n").unwrap();
    let complaint = operator.run(&["serve", "--config", "odd.toml"], "").await.err;
    let (_, keys) = complaint.split_once("expected one of ").expect(&complaint);
    let keys: Vec<_> = keys.split('`').skip(1).step_by(2).filter(|key| !key.contains(' ')).collect();
    assert!(keys.len() >= 12 && keys.contains(&"issuer"), "{keys:?}");

    let help = operator.run(&["serve", "--help"], "").await;
    let help = &help.well().out;
    for key in keys {
        let (flag, variable) =
            (format!("--{}", key.replace('_', "-")), format!("SAOMA_{}", key.to_uppercase()));
        assert!(help.contains(&flag) && help.contains(&variable), "{key} is not in:\n{help}");
    }
    for other in ["--config", "--log", "--log-format", "SAOMA_CONFIG", "SAOMA_LOG", "SAOMA_LOG_FORMAT"] {
        assert!(help.contains(other), "{other} is not in:\n{help}");
    }
}

#[tokio::test]
async fn every_command_has_help() {
    let operator = Operator::new();
    let commands: [&[&str]; 10] = [
        &[],
        &["serve"],
        &["client", "import"],
        &["account", "add"],
        &["key", "list"],
        &["key", "rotate"],
        &["audit"],
        &["trail", "export"],
        &["phone"],
        &["phone", "sign-in"],
    ];
    for command in commands {
        let help = operator.run(&[command, &["--help"]].concat(), "").await;
        assert!(help.well().out.contains("Usage: saoma"), "{command:?}");
    }
}

#[tokio::test]
async fn an_issuer_on_plain_http_elsewhere_is_refused() {
    let operator = Operator::new();
    let ran = operator.run(&["serve", "--issuer", "http://login.example.com"], "").await;
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains("plain http") && ran.err.contains("use https"), "{}", ran.err);
    assert!(!operator.data().exists(), "nothing was made");
}

#[tokio::test]
async fn what_cannot_be_a_setting_is_refused_by_name() {
    let operator = Operator::new();
    std::fs::write(operator.path("bad.toml"), "code_seconds = \"long\"\n").unwrap();
    let cases: [(&[&str], &str); 4] = [
        (&["serve", "--qr-seconds", "0"], "qr-seconds must be from 1 to 600"),
        (&["serve", "--config", "bad.toml"], "code_seconds"),
        (&["serve", "--config", "missing.toml"], "missing.toml"),
        (&["serve", "--log", "saoma=loud=1"], "log = \"saoma=loud=1\""),
    ];
    for (arguments, named) in cases {
        let ran = operator.run(arguments, "").await;
        assert_eq!(ran.status, Some(1), "{ran:?}");
        assert!(ran.err.contains(named), "{arguments:?}: {}", ran.err);
    }
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let operator = Operator::new();
    let server = operator.open().await;
    let address = server.url().replace("http://", "");
    let ran = operator.run(&["serve", "--listen", &address, "--issuer", &server.url()], "").await;
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains(&format!("listening on {address}")), "{}", ran.err);
}
