//! `cargo xtask demo`: Saoma and a site that signs its visitors in with it, on this machine, ready to try.
//!
//! 1. Builds the web UI and both programs, where they are out of date.
//! 2. Seeds the data in `target/demo`: the site as a client, one account.
//! 3. Starts Saoma, waits until it is ready, and enrols a mock phone (a directory that acts as one).
//! 4. Starts the site, waits until it answers, and says what to open.
//! 5. Waits until Ctrl-C or until one of the two ends, and ends what is left.
//!
//! Data survive from one start to the next. To begin anew, remove `target/demo`. `cargo xtask test` takes steps 2 to 4 in a directory
//! of its own, to audit what comes of them.

use std::path::PathBuf;

use anyhow::Result;

use crate::checkout::Checkout;
use crate::stop::Stopped;
use crate::web;

mod home;
mod http;
mod ports;
mod seed;
mod service;
mod settings;
mod words;

pub(crate) use settings::{Options, Settings};

use service::Service;

/// Runs the demo until somebody stops it.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<()> {
    let settings = Settings::new(checkout, options)?;
    ports::check(&settings)?;
    web::run(checkout)?;
    println!("Building Saoma and the demo site (about 6 minutes the first time) …");
    checkout.run(&mut checkout.cargo(&["build", "--package", "saoma", "--package", "demo-relying-party"]))?;

    let mut demo = Demo::start(checkout, &settings)?;
    println!("{}", words::welcome(checkout, &settings, &demo.phone));
    let ended = service::watch(checkout, &mut [&mut demo.saoma, &mut demo.site]);
    println!("\nStopping …");
    drop(demo);
    match ended {
        Err(error) if error.is::<Stopped>() => Ok(()),
        other => other,
    }
}

/// A demo that runs. Both programs end when it is dropped, the site first.
pub(crate) struct Demo {
    site: Service,
    saoma: Service,
    /// The mock phone's directory, or why there is none.
    pub(crate) phone: Result<PathBuf>,
}

impl Demo {
    /// Steps 2 to 4, with programs that are built and ports that are free.
    pub(crate) fn start(checkout: &Checkout, settings: &Settings) -> Result<Self> {
        let secret = seed::before_start(checkout, settings)?;
        let mut saoma = Service::start("Saoma", &mut settings.saoma(checkout), &settings.log("saoma"))?;
        match settings.lan {
            Some(_) => saoma.wait_until_listening(checkout, settings.listen())?,
            None => saoma.wait_until_ready(checkout, settings.port, "/readyz")?,
        }
        let phone = seed::phone(checkout, settings);
        let mut site =
            Service::start("The demo site", &mut settings.site(checkout, &secret), &settings.log("site"))?;
        site.wait_until_ready(checkout, settings.demo_port, "/")?;
        Ok(Self { site, saoma, phone })
    }
}
