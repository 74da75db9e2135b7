//! Where a network address is, by a file in MaxMind's format that the operator may give (`--geoip-file`). Without one nothing is said.
//!
//! The file is read at start and held in memory. What it does not know, or tells in a broken way, is not known here either: a place is a help
//! to the person who decides, and no condition of anything.

use std::{
    fmt,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use maxminddb::{MaxMindDbError, Reader, geoip2};
use protocol::phone::Place;

/// A language in which places are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// English.
    English,
    /// Chinese, simplified.
    Chinese,
}

impl Names {
    /// The name in this language, or else in English.
    fn choose<'a>(self, all: &geoip2::Names<'a>) -> Option<&'a str> {
        match self {
            Self::Chinese => all.simplified_chinese.or(all.english),
            Self::English => all.english,
        }
    }
}

/// The operator's file, if there is one.
#[derive(Clone, Default)]
pub struct GeoIp(Option<Arc<Reader<Vec<u8>>>>);

impl fmt::Debug for GeoIp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.0.as_ref().map(|reader| &reader.metadata().database_type);
        f.debug_tuple("GeoIp").field(&kind).finish()
    }
}

/// Why a file is refused.
#[derive(Debug, thiserror::Error)]
pub enum GeoIpError {
    /// It cannot be read.
    #[error("{0} cannot be read")]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// It is not in MaxMind's format.
    #[error("{0} is not a file in MaxMind's format (such as GeoLite2-City.mmdb)")]
    Malformed(PathBuf, #[source] MaxMindDbError),
}

impl GeoIp {
    /// Reads a file.
    pub fn from_file(path: &Path) -> Result<Self, GeoIpError> {
        let bytes = std::fs::read(path).map_err(|error| GeoIpError::Unreadable(path.to_owned(), error))?;
        let reader = Reader::from_source(bytes);
        let reader = reader.map_err(|error| GeoIpError::Malformed(path.to_owned(), error))?;
        Ok(Self(Some(Arc::new(reader))))
    }

    /// City and country of an address, as far as they are known.
    pub fn place(&self, address: IpAddr, names: Names) -> Option<Place> {
        let found = self.find(address)?;
        let country = names.choose(&found.country.names).or(found.country.iso_code)?.to_owned();
        Some(Place { city: names.choose(&found.city.names).map(str::to_owned), country })
    }

    /// Whether two addresses are known to be in two countries.
    pub fn are_in_two_countries(&self, one: IpAddr, other: IpAddr) -> bool {
        let country = |address| self.find(address)?.country.iso_code;
        matches!((country(one), country(other)), (Some(one), Some(other)) if one != other)
    }

    fn find(&self, address: IpAddr) -> Option<geoip2::City<'_>> {
        self.0.as_ref()?.lookup(address).ok()?.decode().ok()?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_file_nothing_is_known() {
        let none = GeoIp::default();
        assert_eq!(none.place([198, 51, 100, 7].into(), Names::English), None);
        assert!(!none.are_in_two_countries([198, 51, 100, 7].into(), [203, 0, 113, 7].into()));
    }

    #[test]
    fn a_file_that_is_none_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(matches!(GeoIp::from_file(file.path()), Err(GeoIpError::Malformed(..))));
        assert!(matches!(GeoIp::from_file(Path::new("/nowhere.mmdb")), Err(GeoIpError::Unreadable(..))));
    }
}
