//! Each route, by everybody who may call it rightly or wrongly. A refusal is followed by the proof that it changed nothing.

mod assets;
mod authorize;
mod device;
mod discovery;
mod fallback;
mod fapi;
mod forwarded;
mod introspect;
mod login_page;
mod logins;
mod logout;
mod operator;
mod par;
mod phone;
mod register;
mod revoke;
mod token;
mod userinfo;
