//! Every page of the provider's in a real browser: what it asks for, and from whom; and that its content security policy is in force.
//!
//! That no page breaks its policy, every journey proves: browsers complain of it, and no journey closes with a complaint.

use saoma_tests::{Asked, Device, Stage};

use crate::steps::{
    ask_for_a_code, ask_to_sign_in, confirm, scan, sign_out_here, signed_in_phone, waits_for_a_scan,
};

/// Pages that say something and do nothing, and the one that asks before it signs out.
const PLAIN: [&str; 5] = ["/device", "/authorize", "/login/none", "/logout", "/app"];

/// Goes to each page and each screen that there is.
async fn see_everything(stage: &Stage, phone: &Device, desktop: &Device) {
    ask_to_sign_in(stage, desktop).await;
    scan(phone, desktop).await;
    // What is declined is asked for again: there will be something to click.
    phone.press_at("input[name=email]").await;
    confirm(phone).await;
    desktop.is_at(stage.site()).await;
    phone.press("Done").await;

    sign_out_here(desktop).await;
    ask_for_a_code(stage, desktop).await;
    desktop.press("Cancel").await;
    desktop.reads("Sign-in cancelled").await;
    desktop.press("New code").await;
    waits_for_a_scan(desktop).await;
    for path in PLAIN {
        desktop.open(&stage.provider(path)).await;
    }

    for room in ["Sites", "Devices"] {
        phone.press(room).await;
        phone.press("Back").await;
    }
    // The camera still sees the code that was used.
    phone.press("Scan").await;
    phone.shows("main.outcome").await;
    phone.press("Back").await;
}

/// What a page of the provider's has loaded from elsewhere, and what it has put into an address that is a secret.
fn faults(issuer: &str, requests: &[Asked]) -> Vec<String> {
    let of_ours = requests.iter().filter(|asked| asked.page.starts_with(issuer));
    let elsewhere = of_ours.clone().filter(|asked| {
        let own = [issuer, "data:", "blob:"].iter().any(|own| asked.url.starts_with(own));
        !own && !asked.is_navigation
    });
    // Each of our secrets begins so. (A code goes to its site in an address: that is how OAuth has it.)
    let told = requests.iter().filter(|asked| asked.url.starts_with(issuer) && asked.url.contains("saoma_"));
    elsewhere.chain(told).map(|asked| format!("{asked:?}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_asks_anybody_else_for_anything_and_no_address_holds_a_secret() {
    let stage = Stage::open("pages", &[]).await;
    let (phone, desktop) = (signed_in_phone(&stage, "Phone").await, stage.desktop().await);
    see_everything(&stage, &phone, &desktop).await;

    let issuer = stage.provider("");
    let requests = [desktop.chromium.requests(), phone.chromium.requests()].concat();
    let seen = |path: &str| requests.iter().any(|asked| asked.url.starts_with(&format!("{issuer}{path}")));
    for path in ["/login/", "/api/logins/", "/api/phone/scan", "/widget/saoma.js", "/assets/"] {
        assert!(seen(path), "{path} was not asked for: {requests:#?}");
    }
    let faults = faults(&issuer, &requests);
    assert!(faults.is_empty(), "{faults:#?}");

    // The pages that only explain are errors, and so is a code that was used, as Chromium says too.
    stage.close([phone, desktop], &["/authorize", "/login/none", "/api/phone/scan"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_no_page_may_a_script_make_html_of_text_or_run_text() {
    let stage = Stage::open("trusted-types", &[]).await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    let login = desktop.url().await;
    let pages = PLAIN.iter().map(|path| stage.provider(path)).chain([login]);
    for page in pages {
        desktop.open(&page).await;
        for attempt in [
            "document.createElement('div').innerHTML = '<b>x</b>'",
            "document.createElement('script').src = '/x.js'",
            "document.createElement('script').text = 'x'",
            "trustedTypes.createPolicy('default', {})",
            "trustedTypes.createPolicy('other', {})",
        ] {
            let refused = format!(
                "(() => {{ try {{ {attempt}; }} catch (error) {{ return error instanceof TypeError; }} }})()"
            );
            desktop.holds(&refused).await;
        }
    }
    let expected = ["Trusted", "trusted-types", "createPolicy", "/authorize", "/login/none"];
    stage.close([desktop], &expected).await;
}
