//! `saoma phone`: the mock phone on the command line.
//!
//! Each call prints one JSON object on standard output. What fails exits with 1, prints
//! `{"error": …, "detail": …}` there, and says why in one line on standard error. No output holds a secret.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::{Value, json};

use crate::mock_phone::{
    Admitted, MockPhone, Passkey, PhoneError, PictureError, ScannedLogin, Secret, SignedInAs, Waiting,
    read_qr_file,
};

/// Most of standard input or of a file with an assertion that is read, in bytes.
const MAX_INPUT: u64 = 64 << 10;

/// What a person calls it.
const STANDARD_INPUT: &str = "standard input";

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
    ///
    /// Where the account has another phone, prints two digits on standard error and waits until they are typed there.
    SignIn(SignInArgs),
    /// Enrol this phone as a device of the account that a company's back end vouches for
    Enrol(EnrolArgs),
    /// Scan a code, or type one, and show who asks, for what, and from where
    Scan(CodeArgs),
    /// Confirm the login scanned last
    Confirm {
        /// Decline this scope and confirm the rest. Can be given more than once
        #[arg(long, value_name = "SCOPE")]
        decline: Vec<String>,
        #[command(flatten)]
        steps: StepArgs,
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
    /// List what happened to the account, and devices that wait to be let in
    Notices,
    /// Say that a notice was seen: it is told once more a day later
    Seen {
        /// The notice's identifier, as `notices` shows it
        id: String,
    },
    /// Say that what a notice tells of was somebody else: it is taken back, and the sites are told
    NotMe {
        /// The notice's identifier, as `notices` shows it
        id: String,
    },
    /// Let in a device that knows the account's password
    AllowDevice {
        /// The device's identifier, as `notices` shows it under `waiting`
        id: String,
        /// The two digits on its screen; wrong ones turn it away
        digits: String,
    },
    /// Turn away a device that knows the account's password
    DenyDevice {
        /// The device's identifier, as `notices` shows it under `waiting`
        id: String,
    },
    /// List the account's passkeys
    Passkeys,
    /// Make a passkey and keep it in `passkey.json` in the phone's directory
    AddPasskey {
        /// What its owner calls it, 1 to 64 characters
        #[arg(long, value_name = "NAME", default_value = "Mock passkey")]
        name: String,
        /// Read the account's password, if it has one, from standard input: its first line
        #[arg(long)]
        password_stdin: bool,
    },
    /// Give a passkey of the account another name
    RenamePasskey {
        /// The passkey's identifier, as `passkeys` shows it
        id: String,
        /// The new name, 1 to 64 characters
        name: String,
    },
    /// Remove a passkey of the account: it lets nobody in any more
    RemovePasskey {
        /// The passkey's identifier, as `passkeys` shows it
        id: String,
    },
    /// Revoke a device of the account: its tokens die
    Revoke {
        /// The device's identifier, as `devices` shows it
        id: String,
    },
    /// Revoke this phone and forget its account
    SignOut,
}

/// What may have to come before consent.
#[derive(Debug, Args)]
struct StepArgs {
    /// The two digits that the browser shows, where the scan said `"match_required": true`. There is one try
    #[arg(long, value_name = "DIGITS")]
    match_code: Option<String>,

    /// Prove who holds the phone, where the scan said `"unlock"`: read the password from standard input, its
    /// first line
    #[arg(long, conflicts_with = "passkey")]
    password_stdin: bool,

    /// Prove it by the passkey that `add-passkey` has made
    #[arg(long)]
    passkey: bool,
}

/// How to sign in.
#[derive(Debug, Args)]
struct SignInArgs {
    /// The provider's issuer, such as `https://login.example.com`. Plain http only on this machine
    #[arg(long, value_name = "URL")]
    server: String,

    /// Name of the account
    #[arg(long, value_name = "NAME", required_unless_present = "passkey")]
    account: Option<String>,

    /// Read the password from standard input: its first line. There is no other way to give it, so that it
    /// stays out of the process list and of the shell's history
    #[arg(long, required_unless_present = "passkey")]
    password_stdin: bool,

    /// Sign in with a passkey in place of name and password: the file `passkey.json` of a phone that has made one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["account", "password_stdin"])]
    passkey: Option<PathBuf>,

    /// What its owner calls this phone, 1 to 64 characters
    #[arg(long, value_name = "NAME", default_value = "Mock phone")]
    device_name: String,
}

/// Who vouches.
#[derive(Debug, Args)]
struct EnrolArgs {
    /// The provider's issuer, such as `https://login.example.com`. Plain http only on this machine
    #[arg(long, value_name = "URL")]
    server: String,

    /// The assertion (RFC 7523): a JWT, or a file that holds one, or `-` to read it from standard input. It is good
    /// once
    #[arg(long, value_name = "JWT")]
    assertion: String,
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
    /// What was to be read is not there, or is not what it should be.
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
        PhoneCommand::SignIn(args) => json!(sign_in(&phone, &args, input).await?),
        PhoneCommand::Enrol(EnrolArgs { server, assertion }) => {
            json!(phone.enrol(&server, &read_assertion(&assertion, input)?).await?)
        }
        PhoneCommand::Scan(code) => json!(scan(&phone, &code, input).await?),
        PhoneCommand::Confirm { decline, steps } => {
            if let Some(digits) = &steps.match_code {
                phone.match_code(digits).await?;
            }
            if steps.password_stdin {
                phone.unlock(&first_line(input)?).await?;
            }
            if steps.passkey {
                phone.unlock_with_passkey().await?;
            }
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
        PhoneCommand::Notices => json!(phone.notices().await?),
        PhoneCommand::Seen { id } => {
            phone.notice_seen(&id).await?;
            json!({"seen": id})
        }
        PhoneCommand::NotMe { id } => {
            phone.not_me(&id).await?;
            json!({"taken_back": id})
        }
        PhoneCommand::AllowDevice { id, digits } => {
            phone.allow_device(&id, &digits).await?;
            json!({"allowed": id})
        }
        PhoneCommand::DenyDevice { id } => {
            phone.deny_device(&id).await?;
            json!({"denied": id})
        }
        PhoneCommand::Passkeys => json!({"passkeys": phone.passkeys().await?}),
        PhoneCommand::AddPasskey { name, password_stdin } => {
            let password = password_stdin.then(|| first_line(input)).transpose()?;
            json!(phone.add_passkey(&name, password.as_deref()).await?)
        }
        PhoneCommand::RenamePasskey { id, name } => json!(phone.rename_passkey(&id, &name).await?),
        PhoneCommand::RemovePasskey { id } => {
            phone.remove_passkey(&id).await?;
            json!({"removed": id})
        }
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

/// Signs in; waits for another phone's yes, where it is needed, and says what to type there.
async fn sign_in(phone: &MockPhone, args: &SignInArgs, input: &mut impl Read) -> Result<SignedInAs, Failure> {
    let SignInArgs { server, account, device_name, .. } = args;
    if let Some(file) = &args.passkey {
        return Ok(phone.sign_in_with_passkey(server, &Passkey::load(file)?, device_name).await?);
    }
    let account = account.as_deref().unwrap_or_default();
    match phone.ask_to_sign_in(server, account, &first_line(input)?, device_name).await? {
        Admitted::SignedIn(who) => Ok(who),
        Admitted::Waiting(waiting) => {
            let Waiting { digits, expires_in, .. } = &waiting;
            // Nobody may be listening; then nobody types them.
            let _ = writeln!(
                std::io::stderr(),
                "saoma phone: another phone of this account has to let this one in within {expires_in} s. Type there: {digits}"
            );
            Ok(phone.wait_for_consent(&waiting).await?)
        }
    }
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
        return Ok(text(input, STANDARD_INPUT)?.trim().to_owned());
    }
    let file = Path::new(qr);
    if file.is_file() { Ok(read_qr_file(file)?) } else { Ok(qr.to_owned()) }
}

/// What an assertion argument says: standard input for `-`, a file's text if there is such a file, else the text itself.
fn read_assertion(argument: &str, input: &mut impl Read) -> Result<Secret, Failure> {
    let unreadable = |_| Failure::input("the assertion's file cannot be read");
    let assertion = match Path::new(argument) {
        _ if argument == "-" => text(input, STANDARD_INPUT)?,
        file if file.is_file() => text(&mut File::open(file).map_err(unreadable)?, "the assertion's file")?,
        _ => argument.to_owned(),
    };
    match assertion.trim() {
        "" => Err(Failure::input("there is no assertion: it is empty")),
        jwt => Ok(Secret::new(jwt)),
    }
}

/// The first line of standard input, without its end.
fn first_line(input: &mut impl Read) -> Result<String, Failure> {
    match text(input, STANDARD_INPUT)?.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(Failure::input("standard input has no password on its first line")),
    }
}

/// All of standard input or of a file, within bounds. `name` is what a person calls it.
fn text(input: &mut impl Read, name: &str) -> Result<String, Failure> {
    let mut text = String::new();
    let read = input.take(MAX_INPUT).read_to_string(&mut text);
    read.map_err(|_| Failure::input(&format!("{name} is no text that can be read")))?;
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
        assert!(parsed(&format!("{line} --password-stdin --passkey p.json")).is_err());
        assert!(parsed("--home p sign-in --server http://localhost:8080 --passkey p.json").is_ok());
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
    fn an_assertion_is_text_or_standard_input_or_a_file() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("assertion");
        std::fs::write(&file, "a.b.c\n").unwrap();
        let read = |argument: &str, input: &str| read_assertion(argument, &mut input.as_bytes());
        for (argument, input) in [("a.b.c", ""), ("-", "a.b.c\n"), (file.to_str().unwrap(), "x")] {
            assert_eq!(read(argument, input).unwrap(), Secret::new("a.b.c"), "{argument}");
        }
        std::fs::write(&file, [0xff]).unwrap();
        for (argument, input) in [("-", "\n"), ("", "a.b.c"), (file.to_str().unwrap(), "a.b.c")] {
            assert_eq!(read(argument, input).unwrap_err().error, "invalid_input", "{argument}");
        }
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
