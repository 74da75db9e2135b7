//! A name for this device that its owner would recognise: "Chrome on Android".

use saoma_web_ui::lang::Lang;

/// What a user agent string contains, and the browser that it then is. The order matters: most claim to be others as well.
const BROWSERS: [(&str, &str); 9] = [
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
];

/// The same for systems.
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// Makes a name out of the browser's user agent string.
pub(crate) fn suggest(user_agent: &str, lang: Lang) -> String {
    let find = |table: &[(&str, &'static str)]| {
        table.iter().find(|(sign, _)| user_agent.contains(sign)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS), lang) {
        (Some(browser), Some(system), Lang::En) => format!("{browser} on {system}"),
        (Some(browser), Some(system), Lang::Zh) => format!("{system} 上的 {browser}"),
        (Some(name), None, _) | (None, Some(name), _) => name.into(),
        (None, None, Lang::En) => "My phone".into(),
        (None, None, Lang::Zh) => "我的手机".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANDROID: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";
    const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";

    #[test]
    fn the_usual_phones() {
        assert_eq!(suggest(ANDROID, Lang::En), "Chrome on Android");
        assert_eq!(suggest(IPHONE, Lang::En), "Safari on iPhone");
        assert_eq!(suggest(ANDROID, Lang::Zh), "Android 上的 Chrome");
    }

    #[test]
    fn who_claims_to_be_chrome_too_is_known() {
        assert_eq!(suggest(&format!("{ANDROID} Edg/140.0"), Lang::En), "Edge on Android");
    }

    #[test]
    fn the_unknown_is_a_phone() {
        assert_eq!(suggest("", Lang::En), "My phone");
        assert_eq!(suggest("Firefox", Lang::Zh), "Firefox");
    }
}
