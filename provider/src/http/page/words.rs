//! The words of the pages, in the languages that they speak. Both are written, not translated.

use protocol::login::{DeniedReason, LoginStatus, LoginView};

use super::Language;
use crate::oauth::scope::Scope;

/// What a page says about a login.
pub(super) struct Said {
    pub(super) title: &'static str,
    pub(super) status: &'static str,
}

/// Words of the sign-in page that do not depend on the login's state; `{}` stands for the site.
pub(super) struct Words {
    pub(super) sign_in_to: &'static str,
    pub(super) new_code: &'static str,
    pub(super) more_time: &'static str,
    pub(super) take_your_time: &'static str,
    pub(super) type_instead: &'static str,
    pub(super) type_this: &'static str,
    pub(super) no_key_title: &'static str,
    pub(super) no_key: &'static str,
    pub(super) key_needs_scripts: &'static str,
    pub(super) cancel: &'static str,
    pub(super) open_app: &'static str,
    pub(super) back_to: &'static str,
    pub(super) code_label: &'static str,
    pub(super) going_to: &'static str,
    pub(super) go_on: &'static str,
    pub(super) continue_as: &'static str,
    pub(super) other_account: &'static str,
    pub(super) it_gets: &'static str,
    pub(super) needed: &'static str,
    pub(super) device_title: &'static str,
    pub(super) device_what: &'static str,
    pub(super) device_open: &'static str,
    pub(super) device_warning: &'static str,
    scopes: [&'static str; 7],
}

impl Words {
    pub(super) const fn of(language: Language) -> Self {
        match language {
            Language::English => Self {
                sign_in_to: "Sign in to {}",
                new_code: "New code",
                more_time: "I need more time",
                take_your_time: "Take your time. The code stays good.",
                type_instead: "Type a code instead",
                type_this: "In the app, type",
                no_key_title: "This browser cannot go on",
                no_key: "This browser no longer has the key that this sign-in is bound to. Go back to the site and sign in again.",
                key_needs_scripts: "This sign-in is bound to this browser, which proves itself by a script. Turn scripts on and load this page again.",
                cancel: "Cancel",
                open_app: "Open in the Saoma app",
                back_to: "Back to {}",
                code_label: "QR code for signing in. If you cannot scan it, use “Open in the Saoma app”.",
                going_to: "Taking you to {}",
                go_on: "Go on",
                continue_as: "Continue as {}",
                other_account: "Use another account",
                it_gets: "It gets",
                needed: "needed",
                device_title: "Sign in on a device",
                device_what: "Open the Saoma app on your phone, choose “Type a code”, and type what the device shows.",
                device_open: "Open the Saoma app",
                device_warning: "Type a code only if the device is yours and in front of you.",
                scopes: [
                    "An identifier that stands for you",
                    "Your name and profile",
                    "Your email address",
                    "Your phone number",
                    "Your postal address",
                    "Access while you are away",
                    "Access to {}",
                ],
            },
            Language::Chinese => Self {
                sign_in_to: "登录 {}",
                new_code: "刷新二维码",
                more_time: "我需要更多时间",
                take_your_time: "不用着急，二维码会一直有效。",
                type_instead: "改为输入代码",
                type_this: "在 App 中输入",
                no_key_title: "此浏览器无法继续登录",
                no_key: "这次登录所绑定的密钥已不在此浏览器中。请回到网站重新登录。",
                key_needs_scripts: "这次登录绑定了此浏览器，需要脚本来验证。请开启脚本，然后重新加载此页。",
                cancel: "取消",
                open_app: "在扫码 App 中打开",
                back_to: "返回 {}",
                code_label: "登录二维码。如果无法扫描，请使用“在扫码 App 中打开”。",
                going_to: "正在前往 {}",
                go_on: "继续",
                continue_as: "以 {} 的身份继续",
                other_account: "使用其他账号",
                it_gets: "它将获得",
                needed: "必需",
                device_title: "在设备上登录",
                device_what: "请在手机上打开扫码 App，选择“输入代码”，输入设备上显示的代码。",
                device_open: "打开扫码 App",
                device_warning: "只有当设备属于你并且就在你面前时，才输入代码。",
                scopes: [
                    "你的身份编号",
                    "你的姓名和资料",
                    "你的电子邮箱",
                    "你的手机号码",
                    "你的地址",
                    "在你离开时访问",
                    "访问 {}",
                ],
            },
        }
    }
}

impl Words {
    /// What a site gets with a scope.
    pub(super) fn scope(&self, scope: &Scope) -> String {
        match scope {
            Scope::Other(name) => self.scopes[6].replace("{}", name),
            known => {
                let place = Scope::STANDARD.iter().position(|other| other == known).unwrap_or(0);
                self.scopes[place].to_owned()
            }
        }
    }
}

/// Title and status line for a login; `{}` in the status stands for the site.
pub(super) const fn said(view: &LoginView, language: Language) -> Said {
    use Language::{Chinese, English};
    use LoginStatus as S;
    let (title, status) = match (view.state, language) {
        (S::Scanned, English) if view.match_code.is_some() => {
            ("Type these digits on your phone", "Only you can see them here")
        }
        (S::Scanned, Chinese) if view.match_code.is_some() => {
            ("请在手机上输入这两位数字", "数字只显示在这里")
        }
        (S::Denied, English) if matches!(view.reason, Some(DeniedReason::WrongDigits)) => {
            ("The digits did not match", "Nothing was shared with {}.")
        }
        (S::Denied, Chinese) if matches!(view.reason, Some(DeniedReason::WrongDigits)) => {
            ("数字不一致，登录已终止", "{} 没有得到你的任何信息。")
        }
        (S::Denied, English) if matches!(view.reason, Some(DeniedReason::NotUnlocked)) => {
            ("The phone was not unlocked", "Nothing was shared with {}.")
        }
        (S::Denied, Chinese) if matches!(view.reason, Some(DeniedReason::NotUnlocked)) => {
            ("手机上的身份验证未通过", "{} 没有得到你的任何信息。")
        }
        (S::Waiting, English) => ("Scan with the Saoma app", "Good for"),
        (S::Scanned, English) => ("Scanned. Confirm on your phone", "Waiting for your answer"),
        (S::Confirmed, English) => ("Confirmed", "Taking you to {}…"),
        (S::Denied, English) => ("You declined this sign-in", "Nothing was shared with {}."),
        (S::Cancelled, English) => ("Sign-in cancelled", "Nothing was shared with {}."),
        (S::Expired, English) => ("This code has expired", "Get a new code to go on."),
        (S::Waiting, Chinese) => ("请用扫码 App 扫一扫", "有效时间"),
        (S::Scanned, Chinese) => ("已扫描，请在手机上确认", "等待你的确认"),
        (S::Confirmed, Chinese) => ("已确认", "正在前往 {}…"),
        (S::Denied, Chinese) => ("你已拒绝这次登录", "{} 没有得到你的任何信息。"),
        (S::Cancelled, Chinese) => ("登录已取消", "{} 没有得到你的任何信息。"),
        (S::Expired, Chinese) => ("二维码已过期", "刷新二维码即可继续。"),
    };
    Said { title, status }
}
