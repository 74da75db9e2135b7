mod claims;
mod consent;
mod form_post;
mod hint;
mod one_click;
mod prompt;
mod request;
mod session;
