"""Weibo: the mobile profile behind the visitor handshake, the desktop profile, the suggestion box."""

from datetime import datetime, timedelta
from urllib.parse import quote

from standin.answers import Answer, Request, away, data, met, one, page, script, short, ways
from standin.world import BEIJING, Account, Post

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
SAYS = {
    "suspended": "该账号因被投诉违反法律法规和《微博社区公约》的相关规定，现已无法查看。",
    "cancelled": "该账号因用户自行申请关闭，现已无法查看。",
    "held": "该账号行为异常，存在安全风险，用户验证之前暂时不能查看。",
}
NOTHING_YET = {"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}


def mid(post: Post) -> int:
    return ((post.ts - 515483463) << 22) + 4242


def bid(number: int) -> str:
    parts, rest = [], str(number)
    while rest:
        parts.append(_base62(int(rest[-7:]), 4 if len(rest) > 7 else 0))
        rest = rest[:-7]
    return "".join(reversed(parts))


def _base62(number: int, width: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 62)
        text = DIGITS[digit] + text
    return text.rjust(width, "0")


def answer(request: Request) -> Answer | None:
    match request.host:
        case "m.weibo.cn":
            return _mobile(request)
        case "weibo.com":
            return _desktop(request)
        case "visitor.passport.weibo.cn" | "passport.weibo.com":
            return _passport(request)
        case "s.weibo.com":
            return page("<html><head><title>登录 - 微博</title></head><body><script>location.replace("
                        "'https://passport.weibo.com/sso/signin?entry=miniblog')</script></body></html>")  # fmt: skip
    return None


def wall(request: Request, kind: str) -> Answer | None:
    """The wall as the asked address shows it; the handshake itself stays open unless it is what refuses."""
    asked = request.path.startswith(("/api/", "/ajax/"))
    if request.host in ("visitor.passport.weibo.cn", "passport.weibo.com"):
        return page('window.visitor_gray_callback && visitor_gray_callback({"retcode":50113000,"msg":"","data":{}});') \
            if kind == "visitor" and request.path.endswith("genvisitor2") else None  # fmt: skip
    match kind:
        case "432" | "418" | "403":
            return Answer(int(kind))
        case "414":
            return page("<html><body>访问过于频繁，请稍等再试！（错误码：414）</body></html>", 414)
        case "captcha" if asked:
            return data({"ok": -100, "errno": "-100", "msg": "", "extra": "",
                         "url": "https://m.weibo.cn/api/geetest?testType=2&backUrl=/"})  # fmt: skip
        case "login" if asked:
            return data(
                {"ok": -100, "url": "https://weibo.com/login.php?url=" + quote(request.path, safe="")}
            )
        case "login":
            return away("https://passport.weibo.com/sso/signin?entry=wapsso&source=wapsso")
        case "soft" if asked:
            return data({"ok": 0, "data": {}})
        case "please-login" if asked:
            return data({"ok": 0, "message": "请先登录"})
        case "visitor" if asked:
            return Answer(432)
        case "visitor":
            return _shell(request)
        case "bot":
            return page("<html><head><title>微博</title></head><body><script>window.wbBotDetector={run(){}};"
                        "</script><div id='app'></div></body></html>")  # fmt: skip
        case "loop":
            return away(f"https://{request.host}{request.path}?{_queried(request)}")
        case "sorry":
            return away("https://weibo.com/sorry?pagenotfound&retcode=6102")
    return None


def _queried(request: Request) -> str:
    return "&".join(f"{key}={quote(value)}" for key, value in request.query.items())


def _known(request: Request) -> bool:
    return request.cookies.get("SUB", "").startswith(f"_2A{request.day:%m%d}")


def _shell(request: Request) -> Answer:
    return page(f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>Sina Visitor System</title></head><body>
<span id="message"></span><script>
var request_id = "{abs(hash(request.path)):032x}"; var from = 'weibo';
window.visitor_gray_callback = (back) => {{ if (back.retcode == 20000000)
  location.replace(new URLSearchParams(location.search).get('url') || 'https://m.weibo.cn/'); }};
const form = new URLSearchParams({{cb: 'visitor_gray_callback', ver: '20250916', request_id, tid: '', from,
  webdriver: 'false', rid: '', return_url: ''}});
fetch('{ways(request, request.host, 1)}/visitor/genvisitor2', {{method: 'POST', body: form, credentials: 'include'}})
  .then(r => r.text()).then(text => (0, eval)(text));
</script></body></html>""")


def _passport(request: Request) -> Answer | None:
    if request.path == "/visitor/visitor":
        return _shell(request)
    if request.path == "/visitor/genvisitor2":
        sub = f"_2A{request.day:%m%d}standinSUB"
        body = ('window.visitor_gray_callback && visitor_gray_callback({"retcode":20000000,"msg":"succ",'
                f'"data":{{"sub":"{sub}","subp":"0033standinSUBP","tid":"01Astandin"}}}});')  # fmt: skip
        cookies = tuple(("Set-Cookie", f"{name}={value}; Path=/{domain}")
                        for name, value in (("SUB", sub), ("SUBP", "0033standinSUBP"))
                        for domain in ("", "; Domain=.weibo.cn"))  # fmt: skip
        return page(body, 200, *cookies)
    if request.path.startswith("/sso/signin"):
        return page("<html><head><title>登录 - 微博</title></head><body>扫描二维码登录</body></html>")
    return None


def _mobile(request: Request) -> Answer | None:
    if request.path.startswith(("/u/", "/profile/")) or request.path == "/":
        if not _known(request):
            back = quote(f"https://m.weibo.cn{request.path}", safe="")
            return away("https://visitor.passport.weibo.cn/visitor/visitor?entry=sinawap&a=enter"
                        f"&url={back}&domain=.weibo.cn&ua=php-sso_sdk_client-0.6.36&_rand=1.5")  # fmt: skip
        return _profile_page(request, request.path.rsplit("/", 1)[-1])
    if request.path == "/search":
        asks = "ask('/api/container/getIndex' + location.search + '&page_type=searchall', show);"
        return page(f"<html><head><title>微博搜索</title></head><body>{script(0, asks)}</body></html>")
    if request.path == "/api/config":
        return data({"preferQuickapp": 0, "data": {"login": False, "st": "5d1e6a"}, "ok": 1})
    if request.path == "/api/container/getIndex":
        return _index(request) if _known(request) else Answer(432)
    return None


def _profile_page(request: Request, uid: str) -> Answer:
    account = one("weibo", uid, request.day)
    way = account.way if account else 0
    base = ways(request, "m.weibo.cn", way)
    steps = f"""const index = '{base}/api/container/getIndex?type=uid&value={uid}';
ask('{base}/api/config', () => ask(index, (text) => {{
  const tabs = ((read(text).data || {{}}).tabsInfo || {{}}).tabs || [];
  const tab = tabs.find(t => t.tab_type === 'weibo') || {{containerid: '107603{uid}'}};
  show(text.slice(0, 80));
  ask(index + '&containerid=' + tab.containerid, (list) => show(list.slice(0, 80)));
}}));"""
    return page(f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>微博</title></head><body><div id="app"></div>
{script(way, steps)}</body></html>""")


def _index(request: Request) -> Answer:
    ask = request.query
    if ask.get("containerid", "").startswith("100103"):
        return data({"ok": -100, "url": "https://passport.weibo.com/sso/signin?entry=wapsso&source=wapsso"})
    account = one("weibo", ask.get("value", ""), request.day)
    if account is None or account.state(request.day) != "alive":
        return data(NOTHING_YET)
    if ask.get("containerid", "").startswith("107603"):
        return data(_posts(request, account))
    return data(_profile(request, account))


def _user(request: Request, account: Account) -> dict:
    return {
        "id": int(account.handle), "screen_name": account.name(request.day), "statuses_count": account.count(request.day),
        "profile_url": f"https://m.weibo.cn/u/{account.handle}?", "verified": bool(account.verified),
        "verified_type": 4 if account.verified else -1, "verified_reason": account.verified or None,
        "close_blue_v": False, "description": "", "gender": "m", "mbtype": 12, "urank": 9, "mbrank": 1,
        "follow_me": False, "following": False, "follow_count": 57, "followers_count": short(account.followers),
        "followers_count_str": short(account.followers), "badge": {"user_name_certificate": 1}, "toolbar_menus": [],
    }  # fmt: skip


def _profile(request: Request, account: Account) -> dict:
    uid = account.handle
    tabs = [{"id": n, "tabKey": kind, "must_show": 1, "hidden": 0, "title": title, "tab_type": kind, "containerid": box + uid}
            for n, kind, title, box in ((1, "profile", "精选", "230283"), (2, "weibo", "微博", "107603"))]  # fmt: skip
    return {"ok": 1, "data": {"isVideoCoverStyle": 1, "userInfo": _user(request, account),
                              "tabsInfo": {"selectedTab": 1, "tabs": tabs}, "showAppTips": 0,
                              "scheme": f"sinaweibo://userinfo?uid={uid}&type=uid&value={uid}"}}  # fmt: skip


def _posts(request: Request, account: Account) -> dict:
    shown = account.shown(request.day)
    if "half-year" in account.traits:
        shown = [post for post in shown if post.at > request.now - timedelta(days=183)]
    if not shown:
        return NOTHING_YET
    top = [post for post in shown if post.pinned]
    rest = [post for post in shown if not post.pinned]
    start = next((n for n, post in enumerate(rest) if str(mid(post)) == request.query.get("since_id")), 0)
    cut = rest[start : start + 10]
    cards = [_card(request, account, post) for post in (top if not start else []) + cut]
    if not start and len(cards) > 3:
        cards.insert(3, {"card_type": 11, "card_group": [{"card_type": 42, "desc": "你可能感兴趣的人"}]})
    info: dict = {
        "containerid": f"107603{account.handle}",
        "v_p": 42,
        "show_style": 1,
        "total": account.count(request.day),
    }
    if len(rest) > start + 10:
        info["since_id"] = mid(rest[start + 10])
    elif account.base and not start:
        info["since_id"] = 4400000000000000 + int(account.handle[-3:])
    return {"ok": 1, "data": {"cardlistInfo": info, "cards": cards, "scheme": "", "showAppTips": 0}}


def _card(request: Request, account: Account, post: Post) -> dict:
    number = mid(post)
    blog = {
        "visible": {"type": 0, "list_id": 0}, "created_at": _stamp(request, account, post.at), "id": str(number),
        "mid": str(number), "bid": "" if account.way == 2 else bid(number), "text": "校园里的一天<br />#云岭大学#",
        "textLength": 22, "source": "微博网页版", "user": _user(request, account), "pic_num": 0, "pic_ids": [],
        "reposts_count": 3, "comments_count": 1, "attitudes_count": "100万+" if account.followers > 10**6 else 12,
        "isLongText": False, "mblogtype": 2 if post.pinned else 0, "edit_config": {"edited": False},
        "region_name": "发布于 云南",
    }  # fmt: skip
    if post.pinned:
        blog |= {"isTop": 1, "title": {"text": "置顶", "base_color": 1}}
    if post.kind == "repost":
        blog |= {"raw_text": "转发微博", "retweeted_status": _inner(request, post)}
    kind = "proweibotop_" if post.pinned else "proweibo_"
    return {"card_type": 9, "profile_type_id": f"{kind}{number}", "itemid": f"107603{account.handle}_-_{number}",
            "scheme": f"https://m.weibo.cn/status/{bid(number)}?mblogid={bid(number)}&luicode=10000011",
            "mblog": blog}  # fmt: skip


def _inner(request: Request, post: Post) -> dict:
    if post.at.day % 2:
        return {"created_at": "Fri Jun 04 09:00:00 +0800 2021", "id": "4644410000000000", "mid": "4644410000000000",
                "user": None, "text": "抱歉，此微博已被作者删除。查看帮助：<a>http://t.cn/x</a>"}  # fmt: skip
    newer = (request.now - timedelta(minutes=90)).strftime("%a %b %d %H:%M:%S +0800 %Y")
    return {"created_at": newer, "id": "5210000000000001", "mid": "5210000000000001", "text": "一条别人的新微博",
            "user": {"id": 2803301701, "screen_name": "人民日报"}}  # fmt: skip


def _stamp(request: Request, account: Account, at: datetime) -> str:
    at = at.astimezone(BEIJING)
    if "relative" not in account.traits:
        return at.strftime("%a %b %d %H:%M:%S +0800 %Y")
    past = request.now - at
    if past < timedelta(hours=1):
        return f"{max(1, past.seconds // 60)}分钟前"
    if at.date() == request.day:
        return f"{past.seconds // 3600}小时前"
    if at.date() == request.day - timedelta(days=1):
        return at.strftime("昨天 %H:%M")
    return at.strftime("%m-%d") if at.year == request.day.year else at.strftime("%Y-%m-%d")


def _desktop(request: Request) -> Answer | None:
    if request.path == "/ajax/profile/info":
        return _info(request, request.query.get("uid", ""))
    if request.path == "/ajax/statuses/mymblog":
        return _mymblog(request)
    if request.path == "/ajax/side/search":
        return _suggested(request)
    if request.path.startswith("/sorry"):
        return page("<html><head><title>微博</title></head><body><p>抱歉，页面找不到了</p></body></html>")
    if request.path.startswith("/login.php"):
        return page("<html><head><title>登录 - 微博</title></head><body>扫描二维码登录</body></html>")
    if request.path.startswith("/u/"):
        return page(
            f"<html><head><title>微博</title></head><body>{script(0, _desktop_steps(request))}</body></html>"
        )
    return None


def _desktop_steps(request: Request) -> str:
    uid, base = request.path.rsplit("/", 1)[-1], ways(request, "weibo.com", 1)
    posts = f"ask('{base}/ajax/statuses/mymblog?uid={uid}&page=1&feature=0', show)"
    return f"ask('{base}/ajax/profile/info?uid={uid}', () => {posts});"


def _info(request: Request, uid: str) -> Answer:
    account = one("weibo", uid, request.day)
    if account is None:
        return data({"ok": 0, "msg": "该用户不存在(20003)"})
    if account.state(request.day) == "frozen":
        return data({"ok": 0, "message": "账号有问题"}, 400)
    if account.state(request.day) in SAYS:
        says = quote(SAYS[account.state(request.day)], safe="")
        return data(
            {"ok": 0, "error_type": "link", "url": f"https://weibo.com/sorry?usernotexists&msg={says}"}
        )
    return data({"ok": 1, "data": {"user": _desk_user(request, account), "tabList": [], "blockText": ""}})


def _desk_user(request: Request, account: Account) -> dict:
    return _user(request, account) | {
        "idstr": account.handle, "profile_url": f"/u/{account.handle}", "domain": "", "weihao": "", "friends_count": 57,
        "followers_count": account.followers, "location": "云南 昆明",
        "status_total_counter": {"total_cnt_format": "1.2万", "total_cnt": "12,345"}, "icon_list": [],
    }  # fmt: skip


def _mymblog(request: Request) -> Answer:
    account = one("weibo", request.query.get("uid", ""), request.day)
    if account is None or account.state(request.day) != "alive":
        return data({"data": {"since_id": "", "list": [], "status_visible": 0, "bottom_tips_visible": False,
                              "bottom_tips_text": "", "topicList": [], "total": 0}, "ok": 1})  # fmt: skip
    half = "half-year" in account.traits
    posts = [
        post for post in account.shown(request.day) if not half or post.at > request.now - timedelta(days=183)
    ]
    rows = [_card(request, account, post)["mblog"] | {"id": mid(post), "idstr": str(mid(post)), "mblogid": bid(mid(post)),
            "text_raw": "校园里的一天", "created_at": post.at.astimezone(BEIJING).strftime("%a %b %d %H:%M:%S +0800 %Y")}
            for post in sorted(posts, key=lambda post: (not post.pinned, -post.ts))[:20]]  # fmt: skip
    return data({"data": {"since_id": "" if len(posts) <= 20 else "5365494777380877kp2", "list": rows, "status_visible": 0,
                          "bottom_tips_visible": half, "bottom_tips_text": "博主设置仅展示半年内的微博" if half else "",
                          "topicList": [], "total": account.count(request.day)}, "ok": 1})  # fmt: skip


def _suggested(request: Request) -> Answer:
    word = request.query.get("q", "")
    people = met("weibo", word, request.day)[:6]
    few = [{"id": int(a.handle), "uid": int(a.handle), "screen_name": a.name(request.day), "followers_count": a.followers,
            "profile_url": f"/u/{a.handle}", "verified": bool(a.verified), "verified_type": 4 if a.verified else -1}
           for a in people[:1]]  # fmt: skip
    return data({"ok": 1, "data": {"hotquery": [{"suggestion": word + "招生", "count": 77}], "user": few,
                                   "users": [_desk_user(request, a) for a in people]}})  # fmt: skip
