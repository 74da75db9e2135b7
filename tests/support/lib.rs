//! Actors of the journeys: operator, browser, phone, relying party. All of it is real: the `saoma` program in processes
//! of its own, HTTP over the loopback, time by the wall.
#![expect(clippy::missing_panics_doc, reason = "an actor panics where a test has failed")]
#![expect(clippy::unwrap_used, reason = "what cannot be done here is a failed test")]

mod album;
mod answer;
mod browser;
mod camera;
mod chromium;
pub mod cutting_proxy;
mod events;
mod operator;
pub mod page_server;
mod patience;
mod phone;
mod picture;
mod relying_party;
mod server;
mod side_by_side;
mod site;
mod stage;

pub use album::Album;
pub use answer::Answer;
pub use browser::{Browser, Login, code_on};
pub use camera::Camera;
pub use chromium::{Asked, Authenticator, Chromium, Complaints, Tab};
pub use events::{Event, Events};
pub use operator::{Operator, Ran, saoma};
pub use patience::{eventually, within};
pub use phone::{PASSWORD, PhoneCommand, sign_in, sign_in_beside};
pub use picture::draw_qr;
pub use relying_party::{CLIENT, CLIENT_SECRET, ORIGIN, REDIRECT_URI, RelyingParty, VERIFIER};
pub use server::{Server, free_port};
pub use side_by_side::side_by_side;
pub use site::Site;
pub use stage::{ACCOUNT, Device, Stage, turn};
