//! `saoma phone`: the mock phone on the command line.
//!
//! Each call prints one JSON object on standard output. What fails exits with 1, prints
//! `{"error": …, "detail": …}` there, and says why in one line on standard error. No output holds a secret.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::{Value, json};

use crate::mock_phone::{MockPhone, PhoneError, PictureError, ScannedLogin, read_qr_file};

/// Most of standard input that is read, in bytes.
const MAX_INPUT: u64 = 64 << 10;

/// A phone for development: signs in, scans, confirms and denies over the phone API
#[derive(Debug, Args)]
pub(crate) struct PhoneArgs {
    /// Directory of the phone's memory: its key, its tokens, the login scanned last. One directory is one
    /// phone
    #[arg(long, value_name = "DIR", env = "SAOMA_PHONE_HOME")]
    home: PathBuf,

    /// PEM file of an authority's certificate to trust besides, such as that of `saoma serve --dev-tls`
    #[arg(long, value_name = "FILE", env = "SAOMA_PHONE_CA")]
    ca: Option<PathBuf>,

    #[command(subcommand)]
    command: PhoneCommand,
}

/// What the phone is to do.
#[derive(Debug, Subcommand)]
enum PhoneCommand {
    /// Sign in and enrol this phone as a device of the account
    SignIn(SignInArgs),
    /// Scan a code, or type one, and show who asks, for what, and from where
    Scan(CodeArgs),
    /// Confirm the login scanned last
    Confirm {
        /// Decline this scope and confirm the rest. Can be given more than once
        #[arg(long, value_name = "SCOPE")]
        decline: Vec<String>,
    },
    /// Decline the login scanned last
    Deny,
    /// Scan a code, or type one, and confirm at once
    Approve(CodeArgs),
    /// List the sites that the account has allowed something
    Sites,
    /// Take back what the account has allowed a site: its tokens die
    RemoveSite {
        /// The site's client identifier, as `sites` shows it
        client_id: String,
    },
    /// List the account's devices
    Devices,
    /// Give a device of the account another name
    Rename {
        /// The device's identifier, as `devices` shows it
        id: String,
        /// The new name, 1 to 64 characters
        name: String,
    },
    /// Revoke a device of the account: its tokens die
    Revoke {
        /// The device's identifier, as `devices` shows it
        id: String,
    },
    /// Revoke this phone and forget its account
    SignOut,
}

/// How to sign in.
#[derive(Debug, Args)]
struct SignInArgs {
    /// The provider's issuer, such as `https://login.example.com`. Plain http only on this machine
    #[arg(long, value_name = "URL")]
    server: String,

    /// Name of the account
    #[arg(long, value_name = "NAME")]
    account: String,

    /// Read the password from standard input: its first line. There is no other way to give it, so that it
    /// stays out of the process list and of the shell's history
    #[arg(long, required = true)]
    password_stdin: bool,

    /// What its owner calls this phone, 1 to 64 characters
    #[arg(long, value_name = "NAME", default_value = "Mock phone")]
    device_name: String,
}

/// Which code.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct CodeArgs {
    /// What the code says, or a PNG file that shows it, or `-` to read what it says from standard input
    #[arg(value_name = "QR")]
    qr: Option<String>,

    /// In place of a QR code: the letters that a device or a browser shows, such as WDJB-MJHT
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
}

/// What is printed when the phone could not do it.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Failure {
    error: String,
    detail: String,
}

impl From<PhoneError> for Failure {
    fn from(error: PhoneError) -> Self {
        Self { error: error.code(), detail: error.detail() }
    }
}

impl From<PictureError> for Failure {
    fn from(error: PictureError) -> Self {
        PhoneError::from(error).into()
    }
}

impl Failure {
    /// Standard input could not be read.
    fn input(detail: &str) -> Self {
        Self { error: "invalid_input".to_owned(), detail: detail.to_owned() }
    }
}

/// Does what the command line says and prints the answer. Returns 0, or 1 if it could not be done.
pub(crate) async fn run(args: PhoneArgs) -> ExitCode {
    match execute(args, &mut std::io::stdin()).await {
        Ok(answer) => print(&answer, ExitCode::SUCCESS),
        Err(failure) => {
            // Nobody may be listening; the exit status tells it all the same.
            let _ = writeln!(std::io::stderr(), "saoma phone: {}", failure.detail);
            print(&json!(failure), ExitCode::FAILURE)
        }
    }
}

/// Prints one line of JSON. Returns `status`, or 1 if nobody reads.
fn print(answer: &Value, status: ExitCode) -> ExitCode {
    match writeln!(std::io::stdout(), "{answer}") {
        Ok(()) => status,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Does what the command line says. Returns the JSON to print.
async fn execute(args: PhoneArgs, input: &mut impl Read) -> Result<Value, Failure> {
    let phone = match &args.ca {
        Some(ca) => MockPhone::open_trusting(&args.home, ca)?,
        None => MockPhone::open(&args.home)?,
    };
    Ok(match args.command {
        PhoneCommand::SignIn(SignInArgs { server, account, device_name, .. }) => {
            let password = first_line(input)?;
            json!(phone.sign_in(&server, &account, &password, &device_name).await?)
        }
        PhoneCommand::Scan(code) => json!(scan(&phone, &code, input).await?),
        PhoneCommand::Confirm { decline } => {
            phone.confirm_without(&decline).await?;
            json!({"decision": "confirmed"})
        }
        PhoneCommand::Deny => {
            phone.deny().await?;
            json!({"decision": "denied"})
        }
        PhoneCommand::Approve(code) => {
            let mut answer = json!(scan(&phone, &code, input).await?);
            phone.confirm().await?;
            answer["decision"] = json!("confirmed");
            answer
        }
        PhoneCommand::Sites => json!({"sites": phone.sites().await?}),
        PhoneCommand::RemoveSite { client_id } => {
            phone.remove_site(&client_id).await?;
            json!({"removed": client_id})
        }
        PhoneCommand::Devices => json!({"devices": phone.devices().await?}),
        PhoneCommand::Rename { id, name } => json!(phone.rename(&id, &name).await?),
        PhoneCommand::Revoke { id } => {
            phone.revoke(&id).await?;
            json!({"revoked": id})
        }
        PhoneCommand::SignOut => {
            phone.sign_out().await?;
            json!({"signed_out": true})
        }
    })
}

/// Scans the QR code that the arguments name, or types the code.
async fn scan(phone: &MockPhone, args: &CodeArgs, input: &mut impl Read) -> Result<ScannedLogin, Failure> {
    let scanned = match (&args.qr, &args.code) {
        (_, Some(code)) => phone.type_code(code).await,
        (Some(qr), None) => phone.scan(&payload(qr, input)?).await,
        (None, None) => return Err(Failure::input("give a QR code, or `--code`")),
    };
    Ok(scanned?)
}

/// What a QR argument says: standard input for `-`, a picture's code if there is such a file, else the text
/// itself.
fn payload(qr: &str, input: &mut impl Read) -> Result<String, Failure> {
    if qr == "-" {
        return Ok(text(input)?.trim().to_owned());
    }
    let file = Path::new(qr);
    if file.is_file() { Ok(read_qr_file(file)?) } else { Ok(qr.to_owned()) }
}

/// The first line of standard input, without its end.
fn first_line(input: &mut impl Read) -> Result<String, Failure> {
    match text(input)?.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(Failure::input("standard input has no password on its first line")),
    }
}

/// All of standard input, within bounds.
fn text(input: &mut impl Read) -> Result<String, Failure> {
    let mut text = String::new();
    let read = input.take(MAX_INPUT).read_to_string(&mut text);
    read.map_err(|_| Failure::input("standard input is no text that can be read"))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        phone: PhoneArgs,
    }

    fn parsed(line: &str) -> Result<PhoneArgs, clap::Error> {
        Cli::try_parse_from(std::iter::once("phone").chain(line.split(' '))).map(|cli| cli.phone)
    }

    #[test]
    fn the_command_line_is_sound_and_every_flag_is_documented() {
        Cli::command().debug_assert();
        for command in Cli::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for arg in command.get_arguments() {
                assert!(arg.get_help().is_some(), "{} {}", command.get_name(), arg.get_id());
            }
        }
    }

    #[test]
    fn a_password_is_taken_from_standard_input_only() {
        let line = "--home p sign-in --server http://localhost:8080 --account ann";
        assert!(parsed(line).is_err());
        assert!(parsed(&format!("{line} --password secret")).is_err());
        assert!(parsed(&format!("{line} --password-stdin")).is_ok());
    }

    #[test]
    fn a_password_is_the_first_line_to_the_letter() {
        assert_eq!(first_line(&mut " pass word \r\nmore\n".as_bytes()).unwrap(), " pass word ");
        assert_eq!(first_line(&mut "last".as_bytes()).unwrap(), "last");
        for nothing in ["", "\n", "\nsecond"] {
            assert_eq!(first_line(&mut nothing.as_bytes()).unwrap_err().error, "invalid_input");
        }
    }

    #[test]
    fn a_code_is_text_or_standard_input_or_a_picture() {
        let none = &mut std::io::empty();
        assert_eq!(payload("https://a/q/b", none).unwrap(), "https://a/q/b");
        assert_eq!(payload("-", &mut "https://a/q/b\n".as_bytes()).unwrap(), "https://a/q/b");
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("code.png");
        std::fs::write(&file, "no picture").unwrap();
        assert_eq!(payload(file.to_str().unwrap(), none).unwrap_err().error, "unreadable_picture");
    }

    #[test]
    fn a_code_is_scanned_or_typed_and_never_both() {
        for good in ["scan https://a/q/b", "scan --code WDJB-MJHT", "approve --code wdjbmjht"] {
            assert!(parsed(&format!("--home p {good}")).is_ok(), "{good}");
        }
        for bad in ["scan", "approve", "scan https://a/q/b --code WDJB-MJHT"] {
            assert!(parsed(&format!("--home p {bad}")).is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn an_authority_that_cannot_be_read_is_named() {
        let args = parsed("--home p --ca /nowhere/ca.crt devices").unwrap();
        let failure = execute(args, &mut std::io::empty()).await.unwrap_err();
        assert_eq!(failure.error, "invalid_ca");
        assert!(failure.detail.contains("/nowhere/ca.crt"));
    }

    #[tokio::test]
    async fn a_phone_without_an_account_says_so() {
        let dir = tempfile::tempdir().unwrap();
        for command in [
            "confirm",
            "deny",
            "devices",
            "sites",
            "sign-out",
            "scan https://a/q/b",
            "scan --code WDJB-MJHT",
            "revoke d1",
            "remove-site demo",
        ] {
            let args = parsed(&format!("--home {} {command}", dir.path().display())).unwrap();
            let failure = execute(args, &mut std::io::empty()).await.unwrap_err();
            assert_eq!(failure.error, "not_signed_in", "{command}");
            assert!(failure.detail.contains("sign in first"));
        }
    }
}
