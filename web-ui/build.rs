//! Leaves function names out of the WebAssembly that is shipped: they are a third of its size.
//!
//! `strip = true` in the profile would do so too, but takes away the section `target_features` with them, which
//! wasm-bindgen reads.

fn main() {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    println!("cargo::rerun-if-changed=build.rs");
    if variable("CARGO_CFG_TARGET_ARCH") == "wasm32" && variable("PROFILE") == "release" {
        println!("cargo::rustc-link-arg-bins=--strip-all");
        println!("cargo::rustc-link-arg-bins=--keep-section=target_features");
    }
}
