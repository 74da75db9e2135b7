//! A browser in a person's words, for the phone that is asked to approve it.
//!
//! A `User-Agent` is what its sender likes to say. It is looked at within bounds, and the answer is made of
//! the names in the tables below alone, so nothing that a stranger wrote reaches the approver's screen.

/// As much of a `User-Agent` as is looked at, in bytes. Apps that append themselves to a long one stay below.
const MAX_LENGTH: usize = 1024;

/// What is said of a browser that is in no table.
const UNKNOWN: &str = "Unknown browser";

/// A mark in the `User-Agent` and the name that it stands for.
type Row = (&'static str, &'static str);

/// Browsers and apps. The first row that fits wins: nearly all of them also claim to be Chrome or Safari, and
/// Chrome claims to be Safari, so the particular stands before the general.
const BROWSERS: &[Row] = &[
    // Apps with a browser inside.
    ("wxwork/", "WeCom"),
    ("MicroMessenger/", "WeChat"),
    ("AlipayClient/", "Alipay"),
    ("DingTalk", "DingTalk"),
    ("Lark/", "Lark"),
    ("aweme", "Douyin"),
    ("baiduboxapp/", "Baidu"),
    ("Weibo", "Weibo"),
    ("Instagram ", "Instagram"),
    ("FBAN/", "Facebook"),
    ("FBAV/", "Facebook"),
    (" Line/", "LINE"),
    ("GSA/", "Google app"),
    ("Slack_SSB/", "Slack"),
    ("Electron/", "Desktop app"),
    // Browsers.
    ("EdgiOS/", "Edge"),
    ("EdgA/", "Edge"),
    ("Edg/", "Edge"),
    ("Edge/", "Edge"),
    ("OPR/", "Opera"),
    ("OPiOS/", "Opera"),
    ("OPT/", "Opera"),
    ("OPX/", "Opera"),
    ("Opera", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("ArkWeb/", "Huawei Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("HeyTapBrowser/", "HeyTap Browser"),
    ("VivoBrowser/", "vivo Browser"),
    ("MQQBrowser/", "QQ Browser"),
    ("QQBrowser/", "QQ Browser"),
    (" QQ/", "QQ"),
    ("UCBrowser/", "UC Browser"),
    ("Quark/", "Quark"),
    ("MetaSr", "Sogou Browser"),
    ("YaBrowser/", "Yandex Browser"),
    ("Vivaldi/", "Vivaldi"),
    ("Brave/", "Brave"),
    ("Whale/", "Whale"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("Ddg/", "DuckDuckGo"),
    ("Silk/", "Silk"),
    ("Epiphany/", "GNOME Web"),
    ("Falkon/", "Falkon"),
    ("SeaMonkey/", "SeaMonkey"),
    ("FxiOS/", "Firefox"),
    ("Focus/", "Firefox Focus"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("; wv)", "In-app browser"),
    ("Chromium/", "Chromium"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("MSIE ", "Internet Explorer"),
    ("Trident/", "Internet Explorer"),
    ("Safari/", "Safari"),
    ("AppleWebKit/", "In-app browser"),
    // Programs.
    ("curl/", "curl"),
    ("Wget/", "Wget"),
    ("HTTPie/", "HTTPie"),
    ("PostmanRuntime/", "Postman"),
    ("python-requests/", "Python"),
    ("python-httpx/", "Python"),
    ("Python-urllib/", "Python"),
    ("aiohttp/", "Python"),
    ("Go-http-client/", "Go program"),
    ("okhttp/", "OkHttp"),
    ("Lynx/", "Lynx"),
    ("w3m/", "w3m"),
];

/// Systems, again the particular before the general: Windows Phone claims to be Android, and Android to be
/// Linux.
const SYSTEMS: &[Row] = &[
    ("Windows Phone", "Windows Phone"),
    ("Xbox", "Xbox"),
    ("PlayStation", "PlayStation"),
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("iPod", "iPod"),
    ("Tizen", "Tizen"),
    ("Web0S", "webOS"),
    ("KAIOS/", "KaiOS"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("FreeBSD", "FreeBSD"),
    ("OpenBSD", "OpenBSD"),
    ("Linux", "Linux"),
];

/// Names a browser and its system from a `User-Agent` header (RFC 9110 section 10.1.5), such as `Chrome on
/// Linux`.
///
/// Takes any text. Returns the browser's name, followed by ` on ` and the system's where that is known; a
/// browser that is not known is `Unknown browser`. Only names of this module's tables are returned.
pub fn browser_name(user_agent: &str) -> String {
    let seen = &user_agent[..user_agent.floor_char_boundary(MAX_LENGTH)];
    let browser = named(BROWSERS, seen).unwrap_or(UNKNOWN);
    match named(SYSTEMS, seen) {
        Some(system) => format!("{browser} on {system}"),
        None => browser.to_owned(),
    }
}

/// The name in the first row whose mark is there.
fn named(table: &[Row], text: &str) -> Option<&'static str> {
    table.iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asserts a list of names and `User-Agent`s.
    fn assert_names(expected: &[(&str, &str)]) {
        for (name, user_agent) in expected {
            assert_eq!(browser_name(user_agent), *name, "{user_agent}");
        }
    }

    #[test]
    fn desktop_browsers() {
        assert_names(&[
            (
                "Chrome on Linux",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
            ),
            (
                "Chrome on Linux",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36",
            ),
            (
                "Chrome on ChromeOS",
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
            ),
            (
                "Edge on Windows",
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
            ),
            (
                "Opera on Windows",
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 OPR/115.0.0.0",
            ),
            (
                "Safari on Mac",
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
            ),
            ("Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"),
            (
                "Firefox on Windows",
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
            ),
            (
                "Internet Explorer on Windows",
                "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
            ),
        ]);
    }

    #[test]
    fn browsers_on_phones() {
        assert_names(&[
            (
                "Safari on iPhone",
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
            ),
            (
                "Chrome on iPad",
                "Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1",
            ),
            (
                "Firefox on iPhone",
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/132.0 Mobile/15E148 Safari/605.1.15",
            ),
            ("Firefox on Android", "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0"),
            (
                "Chrome on Android",
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
            ),
            (
                "Edge on Android",
                "Mozilla/5.0 (Linux; Android 10; HD1913) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.6723.102 Mobile Safari/537.36 EdgA/130.0.2849.80",
            ),
            (
                "Samsung Internet on Android",
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
            ),
        ]);
    }

    #[test]
    fn apps_with_a_browser_inside() {
        assert_names(&[
            (
                "WeChat on Android",
                "Mozilla/5.0 (Linux; Android 13; V2148A Build/TP1A.220624.014; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160065 MMWEBSDK/20231202 MMWEBID/1136 MicroMessenger/8.0.47.2560(0x28002F35) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64",
            ),
            (
                "WeChat on iPhone",
                "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.47(0x18002f2c) NetType/WIFI Language/zh_CN",
            ),
            (
                "In-app browser on Android",
                "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP2A.240805.005; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/131.0.6778.39 Mobile Safari/537.36",
            ),
            (
                "In-app browser on iPhone",
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
            ),
        ]);
    }

    #[test]
    fn programs() {
        assert_names(&[
            ("curl", "curl/8.5.0"),
            ("Wget on Linux", "Wget/1.21.4 (Linux-gnu)"),
            ("Python", "python-requests/2.32.3"),
        ]);
    }

    #[test]
    fn what_is_unknown_is_called_so() {
        assert_names(&[
            (UNKNOWN, ""),
            (UNKNOWN, "Mozilla/5.0"),
            (UNKNOWN, "Your bank, call 555-0100 <script>alert(1)</script>"),
            ("Unknown browser on Linux", "Haiku/1 (X11; Linux x86_64)"),
        ]);
    }

    #[test]
    fn nothing_of_the_header_is_echoed() {
        let name = browser_name("Chrome/<b>evil</b> (Linux; \u{202e}evil) evil/1.0");
        assert_eq!(name, "Chrome on Linux");
    }

    #[test]
    fn a_long_header_is_looked_at_within_bounds() {
        let long = format!("{}Chrome/131.0", "é".repeat(MAX_LENGTH));
        assert_eq!(browser_name(&long), UNKNOWN);
        let odd = format!("curl/8 {}", "é".repeat(MAX_LENGTH));
        assert_eq!(browser_name(&odd), "curl", "a cut inside a character does not panic");
    }

    #[test]
    fn no_row_is_in_the_shadow_of_an_earlier_one() {
        for table in [BROWSERS, SYSTEMS] {
            for (i, (mark, name)) in table.iter().enumerate() {
                let first = table.iter().position(|(earlier, _)| mark.contains(earlier));
                assert!(first == Some(i) || first.is_some_and(|f| table[f].1 == *name), "{mark}");
            }
        }
    }
}
