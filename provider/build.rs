//! Makes sure that the folder of the built web UI exists, so that the provider compiles before it is built.

fn main() -> std::io::Result<()> {
    let web = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/web");
    println!("cargo:rerun-if-changed={web}");
    println!("cargo:rerun-if-changed=migrations");
    std::fs::create_dir_all(web)
}
