//! The widget's words.

saoma_web_ui::words! {
    /// What the widget says.
    pub(crate) struct Words {
        sign_in_to: "Sign in to {}" / "登录 {}",
        scan: "Scan with the Saoma app" / "请用扫码 App 扫一扫",
        scanned: "Scanned. Confirm on your phone" / "已扫描，请在手机上确认",
        type_digits: "Type these digits on your phone" / "请在手机上输入这两位数字",
        only_here: "Only you can see them here" / "数字只显示在这里",
        wrong_digits: "The digits did not match" / "数字不一致，登录已终止",
        not_unlocked: "The phone was not unlocked" / "手机上的身份验证未通过",
        confirmed: "Confirmed" / "已确认",
        denied: "You declined this sign-in" / "你已拒绝这次登录",
        cancelled: "Sign-in cancelled" / "登录已取消",
        expired: "This code has expired" / "二维码已过期",
        failed: "Sign-in could not start" / "暂时无法登录",
        getting_code: "Getting a code…" / "正在获取二维码…",
        good_for: "Good for" / "有效时间",
        waiting_for_you: "Waiting for your answer" / "等待你的确认",
        going_on: "Taking you to {}…" / "正在前往 {}…",
        nothing_shared: "Nothing was shared with {}." / "{} 没有得到你的任何信息。",
        get_new_code: "Get a new code to go on." / "刷新二维码即可继续。",
        offline: "No connection. Trying again…" / "网络断开了，正在重新连接…",
        try_later: "Check the connection and try again." / "请检查网络，然后重试。",
        ask_site: "This page is not set up for sign-in with Saoma. Tell the site’s owner." / "此网页尚未设置好扫码登录，请联系网站管理员。",
        new_code: "New code" / "刷新二维码",
        more_time: "I need more time" / "我需要更多时间",
        take_your_time: "Take your time. The code stays good." / "不用着急，二维码会一直有效。",
        type_instead: "Type a code instead" / "改为输入代码",
        type_this: "In the app, type" / "在 App 中输入",
        try_again: "Try again" / "重试",
        cancel: "Cancel" / "取消",
        open_app: "Open in the Saoma app" / "在扫码 App 中打开",
        back_to: "Back to {}" / "返回 {}",
        the_site: "the site" / "网站",
        code_label: "QR code for signing in. If you cannot scan it, use “Open in the Saoma app”." / "登录二维码。如果无法扫描，请使用“在扫码 App 中打开”。",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_are_complete() {
        saoma_web_ui::lang::assert_complete(&Words::pairs());
    }
}
