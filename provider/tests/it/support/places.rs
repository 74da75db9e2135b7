//! A file in MaxMind's format, small enough for a test: <https://maxmind.github.io/MaxMind-DB/>.
//!
//! 1. A search tree over the 128 bits of an IPv6 address; IPv4 addresses lie under 96 zeros. Each node has two records of 32 bits: the
//!    number of another node, the number of nodes for "not found", or the nodes' number + 16 + an offset into the data.
//! 2. Sixteen zero bytes, and the data: a record for each network.
//! 3. A marker, and the metadata, written as data are.

use std::{io::Write, net::Ipv4Addr};

use provider::geoip::GeoIp;
use tempfile::NamedTempFile;

/// What of the test's networks is known: documentation addresses (RFC 5737).
const PLACES: [(Ipv4Addr, Record); 3] = [
    (
        Ipv4Addr::new(192, 0, 2, 0),
        Record { code: "DE", country: ("Germany", "德国"), city: Some(("Hamburg", "汉堡")) },
    ),
    (Ipv4Addr::new(198, 51, 100, 0), Record { code: "DE", country: ("Germany", "德国"), city: None }),
    (
        Ipv4Addr::new(203, 0, 113, 0),
        Record { code: "FR", country: ("France", "法国"), city: Some(("Lyon", "里昂")) },
    ),
];

struct Record {
    code: &'static str,
    country: (&'static str, &'static str),
    city: Option<(&'static str, &'static str)>,
}

/// A file that knows three networks of 256 addresses, as the server reads it.
pub(crate) fn places() -> GeoIp {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(&database()).unwrap();
    GeoIp::from_file(file.path()).unwrap()
}

fn database() -> Vec<u8> {
    let mut nodes: Vec<[Option<Target>; 2]> = vec![[None; 2]];
    let mut data = Vec::new();
    for (network, record) in &PLACES {
        let address = u128::from(network.to_bits());
        let mut node = 0;
        for depth in 0..119 {
            let side = usize::from(address >> (127 - depth) & 1 == 1);
            node = if let Some(Target::Node(next)) = nodes[node][side] {
                next
            } else {
                nodes.push([None; 2]);
                let next = nodes.len() - 1;
                nodes[node][side] = Some(Target::Node(next));
                next
            };
        }
        let side = usize::from(address >> 8 & 1 == 1);
        nodes[node][side] = Some(Target::Data(data.len()));
        put(&mut data, &describe(record));
    }
    let count = nodes.len();
    let mut file = Vec::new();
    for target in nodes.into_iter().flatten() {
        let number = match target {
            None => count,
            Some(Target::Node(node)) => node,
            Some(Target::Data(offset)) => count + 16 + offset,
        };
        file.extend(u32::try_from(number).unwrap().to_be_bytes());
    }
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    let metadata = Datum::Map(vec![
        ("binary_format_major_version", Datum::Short(2)),
        ("binary_format_minor_version", Datum::Short(0)),
        ("build_epoch", Datum::Long(1_767_225_600)),
        ("database_type", Datum::Text("Test-City")),
        ("description", Datum::Map(vec![("en", Datum::Text("A test"))])),
        ("ip_version", Datum::Short(6)),
        ("languages", Datum::List(vec![Datum::Text("en"), Datum::Text("zh-CN")])),
        ("node_count", Datum::Number(u32::try_from(count).unwrap())),
        ("record_size", Datum::Short(32)),
    ]);
    put(&mut file, &metadata);
    file
}

#[derive(Clone, Copy)]
enum Target {
    Node(usize),
    Data(usize),
}

enum Datum {
    Text(&'static str),
    Short(u16),
    Number(u32),
    Long(u64),
    Map(Vec<(&'static str, Datum)>),
    List(Vec<Datum>),
}

fn describe(record: &Record) -> Datum {
    let names = |(english, chinese): (&'static str, &'static str)| {
        Datum::Map(vec![("en", Datum::Text(english)), ("zh-CN", Datum::Text(chinese))])
    };
    let country = vec![("iso_code", Datum::Text(record.code)), ("names", names(record.country))];
    let mut members = vec![("country", Datum::Map(country))];
    members.extend(record.city.map(|city| ("city", Datum::Map(vec![("names", names(city))]))));
    Datum::Map(members)
}

/// Writes a value: a control byte with type and size, and what it holds. No text here is longer than 28 bytes, so that sizes need no
/// byte of their own.
fn put(out: &mut Vec<u8>, datum: &Datum) {
    let size = |length: usize| u8::try_from(length).ok().filter(|size| *size < 29).unwrap();
    let text = |out: &mut Vec<u8>, text: &str| {
        out.push(2 << 5 | size(text.len()));
        out.extend(text.as_bytes());
    };
    match datum {
        Datum::Text(value) => text(out, value),
        Datum::Short(value) => {
            out.push(5 << 5 | 2);
            out.extend(value.to_be_bytes());
        }
        // Types past seven have a byte of their own: 9 − 7, 11 − 7.
        Datum::Long(value) => {
            out.extend([8, 2]);
            out.extend(value.to_be_bytes());
        }
        Datum::Number(value) => {
            out.push(6 << 5 | 4);
            out.extend(value.to_be_bytes());
        }
        Datum::Map(members) => {
            out.push(7 << 5 | size(members.len()));
            for (name, value) in members {
                text(out, name);
                put(out, value);
            }
        }
        Datum::List(entries) => {
            out.extend([size(entries.len()), 4]);
            for entry in entries {
                put(out, entry);
            }
        }
    }
}
