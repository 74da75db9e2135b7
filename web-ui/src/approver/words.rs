//! The app's words.

saoma_web_ui::words! {
    /// What the app says.
    pub(crate) struct Words {
        // Signing in.
        sign_in: "Sign in" / "登录",
        sign_in_lead: "Once on this phone. After that you sign in everywhere by scanning." / "在这部手机上登录一次，之后扫一扫就能登录各个网站。",
        account: "Account" / "账号",
        password: "Password" / "密码",
        device_name: "Name of this device" / "设备名称",
        device_name_hint: "You will see it in your list of devices." / "会显示在你的设备列表里。",
        signing_in: "Signing in…" / "正在登录…",
        notice_signed_out: "This device has been signed out. Sign in again to go on." / "这台设备已退出登录，请重新登录。",
        notice_bye: "You have signed out." / "你已退出登录。",
        notice_first: "Sign in, and the code that you opened is next." / "登录后将继续处理刚才打开的二维码。",

        // Home.
        signed_in_as: "Signed in as {}" / "当前账号：{}",
        scan: "Scan" / "扫一扫",
        scan_lead: "Scan the code on the screen where you want to sign in." / "扫描要登录的页面上的二维码。",
        devices: "Devices" / "设备",
        offline: "No connection. Scanning works again once you are online." / "网络已断开，恢复后才能扫码登录。",
        sites: "Sites" / "网站",

        // Scanning.
        scan_title: "Point the camera at the code" / "将镜头对准二维码",
        starting_camera: "Starting the camera…" / "正在打开相机…",
        camera_denied: "The camera is not allowed. Allow it for this page in the browser’s settings, or paste the link below." / "没有相机权限。请在浏览器设置中允许此网页使用相机，或在下方粘贴链接。",
        camera_missing: "No camera was found. Paste the link below." / "没有找到相机，请在下方粘贴链接。",
        camera_busy: "Another app is using the camera. Close it and try again, or paste the link below." / "相机正被其他应用占用。请关闭后重试，或在下方粘贴链接。",
        camera_insecure: "The camera works only over https. Paste the link below." / "只有通过 https 访问才能使用相机，请在下方粘贴链接。",
        camera_label: "What the camera sees" / "相机画面",
        paste_label: "Or paste the code’s link" / "或粘贴二维码链接",
        paste_go: "Go on" / "继续",
        type_instead: "Type a code instead" / "改为输入代码",

        // Typing a code.
        type_title: "Type the code" / "输入代码",
        type_lead: "It is on the screen of the device that you want to sign in, such as a TV." / "代码显示在你要登录的设备屏幕上，例如电视。",
        type_label: "Code" / "代码",
        type_length: "The code has eight letters, such as WDJB-MJHT." / "代码由八个字母组成，如 WDJB-MJHT。",
        type_unknown: "No device shows this code. Compare the letters; if they are right, get a new code on the device." / "没有设备显示这个代码。请核对字母；如果无误，请在设备上获取新代码。",
        type_expired: "This code has run out. Get a new one on the device." / "代码已过期，请在设备上获取新代码。",
        checking: "Looking up the code…" / "正在识别二维码…",

        // Confirming.
        wants: "wants to sign you in" / "请求登录",
        device_wants: "wants to sign you in on a device" / "请求在一台设备上登录",
        device_asks: "A device asks to sign in: a TV, a console or a command line." / "发起登录的是一台设备：电视、游戏机或命令行。",
        device_warn: "Go on only if that device is right in front of you and shows the code that you typed." / "请确认这台设备就在你面前，并显示着你输入的代码。",
        as_account: "As" / "账号",
        gets: "It gets" / "将获得",
        asks_for: "It asks for" / "申请以下权限",
        needed: "needed" / "必需",
        allowed_before: "allowed before" / "曾允许",
        browser: "Browser" / "浏览器",
        place: "From" / "来自",
        started: "Started" / "发起时间",
        time_left: "Time left" / "剩余时间",
        warn: "Confirm only if this is your own screen, right in front of you." / "请确认这是你本人正在使用的屏幕。",
        confirm: "Confirm" / "确认登录",
        decline: "Decline" / "拒绝",
        sending: "Sending your answer…" / "正在提交…",
        scope_openid: "An identifier that stands for you" / "代表你的唯一标识",
        scope_profile: "Your name and profile" / "你的名字和资料",
        scope_email: "Your email address" / "你的邮箱",
        scope_phone: "Your phone number" / "你的手机号",
        scope_address: "Your postal address" / "你的地址",
        scope_offline: "Access while you are away" / "在你离开后继续访问",
        scope_other: "Access called “{}”" / "名为“{}”的权限",
        place_this_machine: "This machine ({})" / "本机（{}）",
        place_local_network: "Local network ({})" / "局域网（{}）",
        just_now: "just now" / "刚刚",
        seconds_ago: "{} s ago" / "{} 秒前",
        minutes_ago: "{} min ago" / "{} 分钟前",
        hours_ago: "{} h ago" / "{} 小时前",
        days_ago: "{} days ago" / "{} 天前",

        // What came of it.
        done: "Done" / "完成",
        scan_again: "Scan again" / "重新扫码",
        try_again: "Try again" / "重试",
        cancel: "Cancel" / "取消",
        back: "Back" / "返回",
        confirmed: "Signed in" / "登录成功",
        confirmed_next: "{} goes on by itself. You can put the phone away." / "{} 会自动继续，可以放下手机了。",
        declined: "Declined" / "已拒绝",
        declined_next: "{} got nothing. If you did not start this yourself, somebody may be trying to trick you." / "{} 没有得到任何信息。如果不是你本人发起的，请当心有人行骗。",
        malformed: "Not a sign-in code" / "不是登录二维码",
        malformed_next: "Scan the code that the sign-in page shows." / "请扫描登录页面上显示的二维码。",
        foreign: "A code of another service" / "其他服务的二维码",
        foreign_next: "This app signs you in only by codes of its own service. If somebody sent it to you, do not go on." / "本应用只支持自己服务的二维码。如果是别人发给你的，请不要继续。",
        expired: "The code has expired" / "二维码已过期",
        expired_next: "Get a new code on the screen, then scan that." / "请在网页上刷新二维码后重新扫描。",
        stale: "The code has changed" / "二维码已更新",
        stale_next: "It changes every two seconds. Point the camera at the one on the screen again." / "二维码每两秒更新一次，请重新对准屏幕上的二维码。",
        taken: "Somebody else scanned it" / "二维码已被扫描",
        taken_next: "Each code works for one scan. Get a new code on the screen, then scan that." / "每个二维码只能扫描一次。请在网页上刷新后重新扫描。",
        decided: "Already decided" / "已经处理过了",
        decided_next: "There is nothing left to do here." / "无需再做任何操作。",
        called_off: "Cancelled on the screen" / "网页上已取消",
        called_off_next: "Get a new code on the screen if you still want to sign in." / "如仍要登录，请在网页上重新获取二维码。",
        no_network: "No connection" / "没有网络",
        no_network_next: "Check the connection, then try again." / "请检查网络，然后重试。",
        server: "The server has trouble" / "服务器出了点问题",
        server_next: "It is not you. Try again in a moment." / "请稍后再试。",
        wrong_credentials: "Account or password is wrong" / "账号或密码不正确",
        wrong_credentials_next: "Check both and try again." / "请检查后重试。",
        too_many_devices: "Too many devices" / "设备数量已达上限",
        too_many_devices_next: "Remove one on another device, then try again." / "请先在其他设备上移除一台，然后重试。",
        no_keys: "This browser cannot keep a key" / "此浏览器无法保存密钥",
        no_keys_next: "Leave the private window, or use another browser, over https." / "请退出无痕模式，或换用其他浏览器并通过 https 访问。",
        invalid: "That is not complete" / "内容不完整",
        invalid_next: "Check what you entered and try again." / "请检查输入后重试。",
        unknown_device: "That device is already gone" / "该设备已不存在",
        unknown_device_next: "The list is up to date now." / "列表已更新。",
        other_account: "Another account is asked for" / "需要使用其他账号",
        other_account_next: "The site wants the account that you used there before. Sign in to this app with that one, or ask the site to start anew." / "该网站要求使用你之前用过的账号。请在本应用登录那个账号，或在网站上重新开始。",
        needed_scope: "The site needs what you declined" / "拒绝了必需的权限",
        needed_scope_next: "Nobody was signed in. Scan again and allow what is marked as needed, or decline it all." / "尚未登录。请重新扫码并允许标为必需的权限，或全部拒绝。",
        unknown_site: "That access is already gone" / "该授权已不存在",
        unknown_site_next: "The list is up to date now." / "列表已更新。",

        // Sites.
        sites_lead: "Sites that you have allowed something." / "你授权过的网站。",
        sites_none: "You have allowed no site anything yet. Sites that ask you first appear here." / "你还没有授权任何网站。向你申请过权限的网站会显示在这里。",
        site_since: "Since {}" / "授权日期：{}",
        site_used: "last used {}" / "最近使用：{}",
        remove_access: "Remove access" / "取消授权",
        remove_access_sure: "It cannot act for you any more, is signed out, and must ask again next time." / "取消后，该网站不能再以你的名义访问，下次需要重新申请。",
        keep_access: "Keep" / "保留",

        // Devices.
        this_device: "This device" / "本机",
        last_seen: "Last used {}" / "最近使用：{}",
        rename: "Rename" / "重命名",
        save: "Save" / "保存",
        new_name: "New name" / "新名称",
        remove: "Remove" / "移除",
        remove_sure: "It cannot confirm sign-ins any more, and must sign in again." / "移除后该设备不能再确认登录，需要重新登录。",
        sign_out: "Sign out" / "退出登录",
        sign_out_sure: "You will need account and password to come back." / "再次使用时需要输入账号和密码。",
        loading: "Loading…" / "正在加载…",
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
