//! `recipes/apache`: Apache with `mod_auth_openidc`, an instance of the test's own, as nobody.

use std::{fs, os::unix::fs::chown};

use rustix::process::geteuid;
use tokio::process::Command;

use crate::{
    journeys,
    recipe::{Logout, Recipe, Start, installed},
};

static RECIPE: Recipe = Recipe {
    directory: "apache",
    home: "http://localhost:5004",
    login: "/members/",
    members: "/members/",
    logout: Logout::Link,
    command: apache,
    refuses: "Bad Request",
    declined: "access_denied",
    expected: &["SHOULD be \"https\""],
};

/// `nobody` and `nogroup`.
const NOBODY: u32 = 65_534;

/// What a distribution's configuration has loaded already.
const MODULES: [&str; 11] = [
    "mpm_event",
    "authn_core",
    "authz_core",
    "authz_user",
    "alias",
    "dir",
    "filter",
    "include",
    "mime",
    "rewrite",
    "auth_openidc",
];

fn apache(start: &Start<'_>) -> Command {
    let files = start.files;
    fs::create_dir(files.join("run")).unwrap();
    fs::write(files.join("index.html"), "<p><a href=\"/members/\">Members</a></p>").unwrap();
    fs::write(files.join("httpd.conf"), configuration(start)).unwrap();
    let mut apache = Command::new(installed("APACHE", "/usr/sbin/apache2"));
    apache.arg("-DFOREGROUND").arg("-f").arg(files.join("httpd.conf"));
    if geteuid().is_root() {
        chown(files.join("run"), Some(NOBODY), Some(NOBODY)).unwrap();
        apache.uid(NOBODY).gid(NOBODY);
    }
    apache
}

fn configuration(start: &Start<'_>) -> String {
    let (files, port) = (start.files.display(), start.port);
    let modules = installed("APACHE_MODULES", "/usr/lib/apache2/modules");
    let load = |name| format!("LoadModule {name}_module {}/mod_{name}.so\n", modules.display());
    let load = MODULES.map(load).concat();
    format!(
        "ServerRoot {files}\nDefaultRuntimeDir run\nPidFile run/pid\nErrorLog run/error.log\n\
         Listen 127.0.0.1:{port}\nServerName localhost:{port}\nDocumentRoot {files}\n{load}\
         TypesConfig /dev/null\nAddType text/html .html\nInclude saoma.conf\n"
    )
}

journeys::of!(RECIPE);
