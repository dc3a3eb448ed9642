"""Bilibili: the card, the video lists, the feed of all posts behind the space page, the search for people."""

from datetime import timedelta

from standin.answers import Answer, Request, data, escaped, met, one, page, script, ways
from standin.world import BEIJING, Account, Post

REFUSED = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>出错啦! - bilibili.com</title></head>
<body><div class="error-container"><div class="txt-item err-code">错误号:412</div><div class="txt-item err-text">
由于触发哔哩哔哩安全风控策略，该次访问请求被拒绝。</div><div class="txt-item err-text">The request was rejected because of
 the bilibili security control policy.</div></div></body></html>"""
VOUCHER = {"v_voucher": "voucher_5d1e6a40-1111-2222-3333-444444444444"}
NOTICE = {
    "id": 24,
    "content": "该账号封禁中",
    "url": "",
    "notice_type": 1,
    "icon": "",
    "text_color": "#E37A00",
    "bg_color": "#FFF5E1",
}


def wall(request: Request, kind: str) -> Answer | None:
    """Walls stand before the interface; the space page itself is mostly still delivered."""
    if request.path.endswith(("/nav", "/spi")):
        return None
    asked = request.host == "api.bilibili.com"
    if kind == "412":
        return page(REFUSED, 412)
    if kind == "429":
        return Answer(429)
    if kind == "riskdata":
        return page(
            "<html><head><script>window._riskdata_ = {'v_voucher': 'voucher_5d1e6a40'};</script></head><body></body></html>"
        )
    if not asked:
        return None
    if kind == "voucher":
        return data({"code": 0, "message": "0", "ttl": 1, "data": VOUCHER})
    message = {"-412": "request was banned", "-352": "-352", "-799": "请求过于频繁，请稍后再试",
               "-509": "请求过于频繁，请稍后再试",
               "-403": "访问权限不足", "-503": "过载保护,服务暂不可用"}[kind]  # fmt: skip
    return data(
        {"code": int(kind), "message": message, "ttl": 1} | ({"data": VOUCHER} if kind == "-352" else {})
    )


def answer(request: Request) -> Answer | None:
    if request.host == "api.bilibili.com":
        return _interface(request)
    if request.host == "space.bilibili.com":
        return _space(request)
    if request.host == "search.bilibili.com":
        return _search_page(request)
    return None


def _ok(value: object) -> Answer:
    return data({"code": 0, "message": "0", "ttl": 1, "data": value})


def _missing() -> Answer:
    return data({"code": -404, "message": "啥都木有", "ttl": 1})


def _interface(request: Request) -> Answer | None:
    ask, path = request.query, request.path
    if path == "/x/web-interface/nav":
        keys = {name: f"https://i0.hdslb.com/bfs/wbi/{digits * 32}.png"
                for name, digits in (("img_url", "7"), ("sub_url", "4"))}  # fmt: skip
        return data(
            {"code": -101, "message": "账号未登录", "ttl": 1, "data": {"isLogin": False, "wbi_img": keys}}
        )
    if path == "/x/frontend/finger/spi":
        return data(
            {"code": 0, "message": "ok", "data": {"b_3": "5D1E6A40-89AB-infoc", "b_4": "5D1E6A40-4-=="}}
        )
    if path.endswith("/search/type"):
        return _search(request)
    handle = ask.get("mid") or ask.get("vmid") or ask.get("host_mid") or ""
    account = one("bilibili", handle, request.day)
    if account is None:
        return _missing()
    if "626" in account.traits and account.state(request.day) == "cancelled":
        return data({"code": -626, "message": "用户不存在", "ttl": 1})
    makers = {
        "/x/web-interface/card": _card, "/x/relation/stat": _stat, "/x/series/recArchivesByKeywords": _archives,
        "/x/space/top/arc": lambda request, account: data({"code": 53016, "message": "没有置顶视频", "ttl": 1}),
        "/x/space/wbi/acc/info": _info, "/x/space/wbi/arc/search": _videos,
        "/x/polymer/web-dynamic/v1/feed/space": _feed,
    }  # fmt: skip
    return makers[path](request, account) if path in makers else None


def _seen(request: Request, account: Account, *kinds: str) -> list[Post]:
    if account.state(request.day) == "cancelled":
        return []
    return [post for post in account.shown(request.day) if not kinds or post.kind in kinds]


def _official(account: Account) -> dict:
    return {
        "role": 4 if account.verified else 0,
        "title": account.verified,
        "desc": "",
        "type": 1 if account.verified else -1,
    }


def _card(request: Request, account: Account) -> Answer:
    gone = account.state(request.day) == "cancelled"
    fans = 0 if gone else account.followers
    card = {
        "mid": account.handle, "name": "账号已注销" if gone else account.name(request.day), "approve": False, "sex": "保密",
        "rank": "10000", "face": "https://i0.hdslb.com/bfs/face/member/noface.jpg" if gone else "https://i1.hdslb.com/bfs/face/5d.jpg",
        "DisplayRank": "0", "regtime": 0, "birthday": "",
        "spacesta": -2 if account.state(request.day) in ("suspended", "noticed") else 0,
        "place": "", "description": "", "article": 0, "attentions": [], "fans": fans, "friend": 7, "attention": 7,
        "sign": "", "level_info": {"current_level": 5}, "pendant": {"pid": 0}, "nameplate": {"nid": 0},
        "Official": _official(account),
        "official_verify": {"type": 1 if account.verified and not gone else -1, "desc": account.verified},
        "vip": {"type": 0, "status": 0},
    }  # fmt: skip
    videos = len(_seen(request, account, "video"))
    return _ok({"card": card, "space": {"s_img": "", "l_img": ""}, "following": False, "archive_count": videos,
                "article_count": 0, "follower": fans, "like_num": 11})  # fmt: skip


def _stat(request: Request, account: Account) -> Answer:
    return _ok(
        {"mid": int(account.handle), "following": 7, "whisper": 0, "black": 0, "follower": account.followers}
    )


def _bvid(post: Post) -> str:
    return f"BV1{post.ts:x}c7"[:12].ljust(12, "m")


def _archives(request: Request, account: Account) -> Answer:
    videos = _seen(request, account, "video")
    rows = [{"aid": 110000000000000 + post.ts % 10**9, "bvid": _bvid(post), "title": "校园一日", "pubdate": post.ts,
             "ctime": post.ts - 600, "duration": 138, "pic": "", "stat": {"view": 53, "vt": 0}, "state": 0,
             "interactive_video": False, "ugc_pay": 0, "upMid": int(account.handle)} for post in videos]  # fmt: skip
    size, number = int(request.query.get("ps", "30")), int(request.query.get("pn", "1"))
    part = rows[(number - 1) * size : number * size]
    return _ok({"archives": part or (None if account.way == 2 else []),
                "page": {"num": number, "size": size, "total": len(rows)}})  # fmt: skip


def _info(request: Request, account: Account) -> Answer:
    if account.state(request.day) == "cancelled":
        return _missing()
    banned = account.state(request.day) == "suspended"
    return _ok({"mid": int(account.handle), "name": account.name(request.day), "sex": "保密",
                "face": "", "sign": "", "rank": 10000,
                "level": 5, "jointime": 0, "moral": 0, "silence": int(banned), "coins": 0, "official": _official(account),
                "vip": {"type": 0}, "is_followed": False, "live_room": None,
                "sys_notice": NOTICE if account.state(request.day) in ("suspended", "noticed") else {},
                "birthday": "", "is_risk": False, "gaia_res_type": 0, "gaia_data": None})  # fmt: skip


def _videos(request: Request, account: Account) -> Answer:
    videos = _seen(request, account, "video")
    rows = [{"comment": 1, "typeid": 228, "play": "--" if n else 53, "pic": "", "description": "", "title": "校园一日",
             "author": account.name(request.day), "mid": int(account.handle), "created": post.ts, "length": "02:18",
             "aid": 110000000000000 + post.ts % 10**9, "bvid": _bvid(post), "is_union_video": 0, "meta": None}
            for n, post in enumerate(videos[:30])]  # fmt: skip
    return _ok({"list": {"slist": [], "tlist": None, "vlist": rows}, "page": {"pn": 1, "ps": 30, "count": len(videos)},
                "episodic_button": None, "is_risk": False, "gaia_res_type": 0, "gaia_data": None})  # fmt: skip


def _feed(request: Request, account: Account) -> Answer:
    posts = _seen(request, account)
    posts = [post for post in posts if post.pinned] + [post for post in posts if not post.pinned]
    start = int(request.query.get("offset") or 0)
    rows = [_item(request, account, post) for post in posts[start : start + 12]]
    more = len(posts) > start + 12
    return _ok(
        {
            "has_more": more,
            "items": rows,
            "offset": str(start + 12) if more else "",
            "update_baseline": "",
            "update_num": 0,
        }
    )


def _item(request: Request, account: Account, post: Post) -> dict:
    number = str((post.ts - 1498838400 << 32) + 77)
    at = post.at.astimezone(BEIJING)
    shown = at.strftime("%m-%d") if at.year == request.day.year else at.strftime("%Y年%m月%d日")
    if request.now - at < timedelta(days=1):
        shown = f"{(request.now - at).seconds // 3600}小时前"
    author = {"face": "", "mid": int(account.handle), "name": account.name(request.day),
              "official_verify": {"desc": "", "type": -1},
              "pub_action": "投稿了视频" if post.kind == "video" else "", "pub_location_text": "", "pub_time": shown,
              "pub_ts": str(post.ts) if account.way == 1 else post.ts, "type": "AUTHOR_TYPE_NORMAL"}  # fmt: skip
    modules: dict = {"module_author": author, "module_dynamic": _dynamic(post), "module_more": {"three_point_items": []},
                     "module_stat": {"like": {"count": 3}}}  # fmt: skip
    if post.pinned:
        modules["module_tag"] = {"text": "置顶"}
    item = {"basic": {"comment_id_str": number, "comment_type": 17, "rid_str": number}, "id_str": number, "modules": modules,
            "type": {"video": "DYNAMIC_TYPE_AV", "forward": "DYNAMIC_TYPE_FORWARD"}.get(post.kind, "DYNAMIC_TYPE_DRAW"),
            "visible": True}  # fmt: skip
    if post.kind == "forward":
        old = {
            "mid": 1131457022,
            "name": "人民日报",
            "pub_ts": 1600000000,
            "pub_time": "2020年09月13日",
            "pub_action": "",
        }
        item["orig"] = {"id_str": "434400000000000001", "type": "DYNAMIC_TYPE_AV", "visible": True, "basic": {},
                        "modules": {"module_author": old, "module_dynamic": _dynamic(Post(post.at, "video"))}}  # fmt: skip
    return item


def _dynamic(post: Post) -> dict:
    if post.kind == "video":
        major: dict | None = {"type": "MAJOR_TYPE_ARCHIVE", "archive": {
                              "aid": "110000000000001", "bvid": _bvid(post), "title": "校园一日",
                              "jump_url": f"//www.bilibili.com/video/{_bvid(post)}/", "stat": {"play": "1.2万"}}}  # fmt: skip
    elif post.kind == "forward":
        major = None
    else:
        major = {"type": "MAJOR_TYPE_OPUS", "opus": {"title": None, "summary": {"text": "图书馆新书"}, "pics": [],
                                                     "jump_url": "//www.bilibili.com/opus/1"}}  # fmt: skip
    text = {"text": "转发动态", "rich_text_nodes": []} if post.kind == "forward" else None
    return {"additional": None, "desc": text, "major": major, "topic": None}


def _space(request: Request) -> Answer | None:
    parts = request.path.strip("/").split("/")
    if not parts[0].isdigit():
        return None
    account = one("bilibili", parts[0], request.day)
    way = account.way if account else 0
    base = ways(request, "api.bilibili.com", way)
    feed = f"{base}/x/polymer/web-dynamic/v1/feed/space?offset=&host_mid={parts[0]}&timezone_offset=-480"
    feed += "&features=itemOpusStyle&w_rid=0a&wts=1"
    steps = f"""ask('{base}/x/web-interface/nav', () => {{
  ask('{base}/x/space/wbi/acc/info?mid={parts[0]}&platform=web&w_rid=0b&wts=1', (text) => show(text.slice(0, 60)));
  {"ask('" + feed + "', (text) => show(text.slice(0, 60)));" if parts[-1] == "dynamic" else ""} }});"""
    title = f"{account.name(request.day)}的个人空间" if account else "哔哩哔哩"
    return page(f"""<!DOCTYPE html><html><head><meta charset="utf-8">
<title>{escaped(title)}</title></head><body><div id="app"></div>
<script id="__RENDER_DATA__" type="application/json">%7B%22access_id%22%3A%22eyJ%22%7D</script>
{script(way, steps)}</body></html>""")


def _search(request: Request) -> Answer:
    word, number = request.query.get("keyword", ""), int(request.query.get("page") or 1)
    people = met("bilibili", word, request.day)
    part = people[(number - 1) * 20 : number * 20]
    value: dict = {"seid": "5", "page": number, "pagesize": 20, "numResults": len(people), "numPages": -(-len(people) // 20),
                   "suggest_keyword": "", "rqt_type": "search", "exp_list": None, "egg_hit": 0, "show_column": 0}  # fmt: skip
    if part:
        value["result"] = [_hit(request, word, one_) for one_ in part]
    return _ok(value)


def _hit(request: Request, word: str, account: Account) -> dict:
    name = account.name(request.day)
    videos = [post for post in account.shown(request.day) if post.kind == "video"]
    videos = sorted(videos, key=lambda post: -post.ts)
    return {"type": "bili_user", "mid": int(account.handle), "uname": name.replace(word, f'<em class="keyword">{word}</em>'),
            "usign": "", "fans": account.followers, "videos": len(videos), "upic": "//i1.hdslb.com/bfs/face/5d.jpg",
            "verify_info": account.verified, "level": 4, "gender": 3, "is_upuser": 1, "is_live": 0, "room_id": 0,
            "res": [{"aid": 1, "bvid": _bvid(post), "title": "校园一日", "pubdate": post.ts, "play": "53", "duration": "2:18"}
                    for post in videos[:3]],
            "official_verify": {"type": 1 if account.verified else 127, "desc": account.verified},
            "hit_columns": ["uname"]}  # fmt: skip


def _search_page(request: Request) -> Answer | None:
    if not request.path.rstrip("/").endswith("/upuser"):
        return None
    word, number = request.query.get("keyword", ""), request.query.get("page", "1")
    way = sum(map(ord, word)) % 4
    base = ways(request, "api.bilibili.com", way)
    steps = f"""const word = new URLSearchParams(location.search).get('keyword') || '';
ask('{base}/x/web-interface/wbi/search/type?category_id=&search_type=bili_user&page={int(number)}&page_size=20&keyword='
  + encodeURIComponent(word) + '&w_rid=0c&wts=1', (text) => show(text.slice(0, 60)));"""
    return page(f"""<!DOCTYPE html><html><head><meta charset="utf-8">
<title>{escaped(word)}-哔哩哔哩_Bilibili</title></head><body>
<div id="i_cecream"></div>{script(way, steps)}</body></html>""")
