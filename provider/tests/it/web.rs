//! What pages of other sites, caches and frames can do: for each route that there is, found by asking the router itself, so that one
//! that is added tomorrow is tried, too.

mod caches;
mod cross_site;
mod frames;
mod walk;
