"""Douyin: the user page and its own two calls; the newest works withheld from visitors; a search that asks for a login."""

import json
from datetime import date
from urllib.parse import quote, unquote

from standin.answers import Answer, Request, data, escaped, one, page, script, short, ways
from standin.world import Account, Post, day

WITHHELD = 2
RISKY = (day(16), day(19))
ARGUS = ("Uifid Not Found", "Signature Not Found", "Sign Invalid", "Sign Expired")
VERIFY = {
    "status_code": 10000,
    "status_msg": "",
    "verify_center_decision_conf": json.dumps({"code": "10000", "type": "verify", "subtype": "slide"}),
}


def wall(request: Request, kind: str) -> Answer | None:
    asked = request.path.startswith("/aweme/")
    if kind == "middle":
        return page("<!DOCTYPE html><html><head><title>验证码中间页</title></head><body>"
                    "<div id='captcha_container'>请完成下列验证后继续"
                    "</div></body></html>")  # fmt: skip
    if kind == "shell":
        return page("<html><head><meta charset='utf-8'></head><body><script>window.byted_acrawler && "
                    "window.byted_acrawler.init({aid: 99999999});"
                    "document.cookie='__ac_nonce=0;';</script></body></html>")  # fmt: skip
    if kind in ("444", "429"):
        return Answer(int(kind))
    if not asked:
        return None
    match kind:
        case "zero":
            return Answer(200, b"", "application/json")
        case "blocked":
            return Answer(200, b"blocked", "text/plain")
        case "bare":
            return data({"status_code": 0})
        case "argus":
            return Answer(
                403, f"Blocked by ArgusSecurityPlugin {ARGUS[request.day.day % 4]}".encode(), "text/plain"
            )
        case "verify":
            return data(VERIFY)
        case "not-login":
            return data({"status_code": 8, "status_msg": "用户未登录"})
        case "risk":
            return data({"code": "10001010A", "msg": "当前环境存在风险，请稍后重试"})
    return None


def answer(request: Request) -> Answer | None:
    if request.path.startswith("/user/"):
        return _page(request, request.path.split("/")[2])
    if request.path == "/aweme/v1/web/user/profile/other/":
        return _profile(request)
    if request.path == "/aweme/v1/web/aweme/post/":
        return _posts(request)
    if request.path.startswith("/search/"):
        return _search_page(request)
    if request.path == "/aweme/v1/web/discover/search/":
        word = request.query.get("keyword", "")
        return data({"type": 1, "user_list": [], "challenge_list": None, "cursor": 0, "has_more": 0, "status_code": 0, "qc": "",
                     "input_keyword": word, "search_nil_info": {"search_nil_type": "verify_check", "search_nil_item": "",
                                                                "is_load_more": "", "text_type": 10}})  # fmt: skip
    return None


def _posts_of(account: Account, on: date) -> tuple[list[Post], bool]:
    """The works that a visitor is given, pinned ones first, and whether newer ones are kept back."""
    if account.state(on) != "alive":
        return [], False
    rest = [post for post in account.shown(on) if not post.pinned]
    top = [post for post in account.shown(on) if post.pinned]
    return top + rest[WITHHELD : WITHHELD + 18], len(rest) > WITHHELD


def _impr(request: Request) -> dict:
    return {"impr_id": f"{request.day:%Y%m%d}023107STANDIN"}


def _user(request: Request, account: Account) -> dict:
    on = request.day
    state = account.state(on)
    risky = "risky-name" in account.traits and RISKY[0] <= on < RISKY[1]
    verify = account.verified
    return {
        "uid": f"10000{sum(map(ord, account.handle))}", "sec_uid": account.handle, "short_id": "12345", "unique_id": "",
        "nickname": "账号已注销" if risky else account.name(on), "signature": "", "apple_account": 0,
        "aweme_count": 0 if state == "suspended" else account.count(on), "city": "昆明", "custom_verify": "",
        "enterprise_verify_reason": verify,
        "account_cert_info": json.dumps({"label_text": verify}, ensure_ascii=False) if verify else "",
        "favoriting_count": 0, "follower_count": account.followers, "following_count": 4, "gender": 0,
        "ip_location": "IP属地：云南", "is_ban": state == "suspended", "is_block": False, "is_blocked": False, "is_star": False,
        "is_gov_media_vip": False, "live_status": 0, "max_follower_count": 0, "mix_count": 0, "mplatform_followers_count": 99999,
        "province": "云南", "room_id": 0, "school_name": "", "secret": 1 if state == "private" else 0,
        "total_favorited": str(account.followers * 9), "verification_type": 1, "with_commerce_entry": False,
    }  # fmt: skip


def _profile(request: Request) -> Answer:
    account = one("douyin", request.query.get("sec_user_id", ""), request.day)
    extra = {"fatal_item_ids": [], "logid": "1", "now": int(request.now.timestamp() * 1000)}
    if account is None or account.state(request.day) == "cancelled":
        return data(
            {
                "status_code": 2,
                "status_msg": "sec_user_id is invalid",
                "user": {},
                "log_pb": _impr(request),
                "extra": extra,
            }
        )
    return data(
        {
            "extra": extra,
            "log_pb": _impr(request),
            "status_code": 0,
            "status_msg": None,
            "user": _user(request, account),
        }
    )


def _posts(request: Request) -> Answer:
    account = one("douyin", request.query.get("sec_user_id", ""), request.day)
    rest: dict = {"locate_item_cursor": None, "log_pb": _impr(request), "post_serial": 2, "replace_series_cover": 1,
                  "request_item_cursor": 0, "status_code": 0}  # fmt: skip
    posts, kept_back = _posts_of(account, request.day) if account else ([], False)
    if account is None or not posts:
        return data(
            {"aweme_list": [], "has_more": 0, "max_cursor": 0, "min_cursor": 0, "time_list": None} | rest
        )
    rest |= {"aweme_list": [_work(request, account, post) for post in posts], "has_more": int(len(posts) >= 18),
             "max_cursor": posts[-1].ts * 1000, "min_cursor": posts[0].ts * 1000, "time_list": ["2026·1"]}  # fmt: skip
    if kept_back:
        rest["not_login_module"] = {"guide_login_tip_exist": True}
    return data(rest)


def number(post: Post) -> str:
    return str(((post.ts - 20) << 32) + 4242)


def _work(request: Request, account: Account, post: Post) -> dict:
    author = {key: value for key, value in _user(request, account).items()
              if key in ("uid", "sec_uid", "short_id", "unique_id", "nickname", "custom_verify",
                         "enterprise_verify_reason", "is_ban", "secret")}  # fmt: skip
    return {"aweme_id": number(post), "author": author, "author_user_id": int(author["uid"]),
            "aweme_type": 68 if post.ts % 2 else 0,
            "caption": "校园一日", "create_time": post.ts, "desc": "校园一日", "duration": 38120,
            "images": None, "is_top": int(post.pinned),
            "media_type": 4, "share_url": f"https://www.iesdouyin.com/share/video/{number(post)}/", "text_extra": [],
            "statistics": {"digg_count": 3, "comment_count": 1, "collect_count": 0, "share_count": 0, "play_count": 0},
            "status": {"is_delete": False, "is_prohibited": False, "private_status": 0,
                       "part_see": 0, "in_reviewing": False}}  # fmt: skip


def _page(request: Request, handle: str) -> Answer:
    account = one("douyin", handle, request.day)
    way = account.way if account else 0
    base = ways(request, "www.douyin.com", way)
    tail = "device_platform=webapp&aid=6383&channel=channel_pc_web"
    steps = f"""const root = document.getElementById('root');
ask('{base}/aweme/v1/web/user/profile/other/?{tail}&publish_video_strategy_type=2'
 + '&sec_user_id={handle}&personal_center_strategy=1', (text) => {{
  const user = read(text).user || {{}};
  const add = (mark, text) => {{ const d = document.createElement('div'); d.dataset.e2e = mark; d.textContent = text;
    root.append(d); return d; }};
  if (user.nickname) {{ document.title = user.nickname + '的抖音 - 抖音';
    const h = document.createElement('h1'); h.textContent = user.nickname; add('user-info', '').append(h);
    add('user-tab-count', user.aweme_count); }}
  if (user.is_ban) {{ show('账号已被封禁'); show('由于违反《抖音社区自律公约》的相关规定，该账号已被封禁'); return; }}
  if (user.secret) show('私密账号');
  ask('{base}/aweme/v1/web/aweme/post/?{tail}&sec_user_id={handle}&max_cursor=0&count=18', (list) => {{
    const rows = read(list).aweme_list || [];
    const posts = add('user-post-list', '');
    for (const row of rows) {{ const a = document.createElement('a'); a.href = '/video/' + row.aweme_id; posts.append(a); }}
    if (rows.length) show('登录看更多最新作品');
    else if (user.nickname && !user.aweme_count) {{ show('暂无内容'); show('该账号还未发布过作品哦～'); }}
  }});
}});"""
    overlay = "<div class='login-mask'>扫码登录</div>" if way == 3 else ""
    steps = "show('登录看更多最新作品');" if way == 5 else steps
    return page(f"""<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>抖音</title>
</head><body><div id="root"></div>{overlay}
{_embedded(request, account) if way in (2, 5) and account else ""}{script(way, steps)}</body></html>""")


def _embedded(request: Request, account: Account) -> str:
    """What an older page still brings along in its own text."""
    user = _user(request, account)
    shown = {"uid": user["uid"], "secUid": account.handle, "uniqueId": "", "nickname": user["nickname"],
             "followerCount": user["follower_count"], "awemeCount": user["aweme_count"], "customVerify": "",
             "enterpriseVerifyReason": account.verified, "desc": short(account.followers)}  # fmt: skip
    posts, _ = _posts_of(account, request.day)
    rows = [{"awemeId": number(post), "desc": "校园一日", "createTime": post.ts, "tag": {"isTop": post.pinned},
             "authorInfo": {"nickname": user["nickname"], "secUid": account.handle}} for post in posts]  # fmt: skip
    value = {"app": {"user": {"isLogin": False}},
             "1": {"uid": account.handle, "user": {"statusCode": 0, "user": shown},
                   "post": {"statusCode": 0, "hasMore": 1, "maxCursor": 0, "minCursor": 0, "data": rows}}}  # fmt: skip
    return f'<script id="RENDER_DATA" type="application/json">{quote(json.dumps(value, ensure_ascii=False))}</script>'


def _search_page(request: Request) -> Answer:
    word = unquote(request.path.split("/")[2])
    steps = f"""ask('/aweme/v1/web/discover/search/?device_platform=webapp&keyword={quote(word)}&search_channel=aweme_user_web'
 + '&search_source=normal_search&offset=0&count=10', () => show('登录后查看搜索结果'));"""
    return page(f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escaped(word)} - 抖音搜索</title></head><body>
{script(0, steps)}</body></html>""")
