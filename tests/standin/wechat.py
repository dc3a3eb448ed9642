"""WeChat: albums, articles with the notices on an account, and Sogou's two searches."""

from datetime import date
from urllib.parse import quote

from standin.answers import Answer, Request, away, born, data, escaped, nearest, page
from standin.people import BIZ, EVERYBODY, album_link, article_link
from standin.world import BEIJING, Account, Post

SAYS = {
    "cancelled": ("此账号已自主注销，内容无法查看", ""),
    "suspended": ("此帐号已被屏蔽, 内容无法查看", ""),
    "infringed": ("此帐号被投诉且经审核涉嫌侵权。此帐号已注销，内容无法查看。", ""),
    "moving": ("此帐号处于帐号迁移流程中", ""),
    "moved": (
        "该公众号已迁移",
        "该公众号已迁移至新的账号，原账号已回收。若需访问原文章链接，请点击下方按钮。",
    ),
}
WALLED = {
    "environment": ("环境异常", "当前环境异常，完成验证后即可继续访问。"),
    "frequent": ("访问过于频繁，请用微信扫描二维码进行访问", ""),
    "busy": ("操作频繁，请稍候再试", ""),
    "system": ("系统出错", ""),
    "client": ("请在微信客户端打开链接", ""),
}


def notice(title: str, says: str = "", rest: str = "") -> Answer:
    return page(f"""<!DOCTYPE html><html><head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title></title></head>
<body id="activity-detail" class="zh_CN "><div class="weui-msg"><div class="weui-msg__text-area">
<h2 class="weui-msg__title">{title}</h2><p class="weui-msg__desc">{says}</p></div></div>{rest}</body></html>""")


def wall(request: Request, kind: str) -> Answer | None:
    if request.host == "weixin.sogou.com":
        if request.path.startswith("/antispider"):
            return None
        return away("https://weixin.sogou.com/antispider/?from=" + quote("/weixin?" + request.path, safe=""))
    if request.path.startswith("/mp/wappoc"):
        return None
    if (
        request.path == "/mp/appmsgalbum"
        and request.query.get("f") == "json"
        and kind in ("system", "client", "busy")
    ):
        return data({"base_resp": {"exportkey_token": "", "ret": 200003, "errmsg": "invalid session"}})
    if kind == "captcha":
        back = quote("https://mp.weixin.qq.com" + request.path, safe="")
        return away(f"https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=H5d1e&target_url={back}")
    return notice(*WALLED[kind])


def answer(request: Request) -> Answer | None:
    if request.host == "weixin.sogou.com":
        return _sogou(request)
    if request.path == "/mp/appmsgalbum":
        return _album(request)
    if request.path.startswith("/mp/wappoc_appmsgcaptcha"):
        return page("""<html><head><title></title><script>var cgiData={poc_token:"H5d1e",target_url:""};</script></head>
<body><div id="app"></div><script src="//res.wx.qq.com/mmbizwap/zh_CN/htmledition/js/secitptpage/verify.html.js">
</script></body></html>""")
    if request.path.startswith("/mp/profile_ext"):
        return notice("请在微信客户端打开链接")
    if request.path == "/s" or request.path.startswith("/s/"):
        return _article(request)
    return None


def _of(request: Request) -> Account | None:
    accounts = [a for a in EVERYBODY if a.platform == "wechat"]
    biz = request.query.get("__biz")
    if biz is not None:
        return next((a for a in accounts if BIZ[a.handle] == biz), None)
    path = "https://mp.weixin.qq.com" + request.path
    return next((a for a in accounts if a.handle.startswith("gh_") and article_link(a) == path), None)


def _scalar(value: object) -> str:
    return str(value)


def _album(request: Request) -> Answer:
    account = _of(request)
    resp: dict = {"base_info": {"is_first_screen": "0"}, "continue_flag": "0", "reverse_continue_flag": "0"}
    base = {"exportkey_token": "", "ret": 0}
    if account is None or "album" not in account.traits or account.state(request.day) != "alive":
        return data({"base_resp": base, "getalbum_resp": resp})
    forward = "oldest-first" in account.traits
    posts = account.shown(request.day)
    if forward != (request.query.get("is_reverse") == "1"):
        posts = posts[::-1]
    begin = request.query.get("begin_msgid")
    start = next((n + 1 for n, post in enumerate(posts) if _msgid(post) == begin), 0) if begin else 0
    count = int(request.query.get("count") or 10)
    part = [_entry(account, post) for post in posts[start : start + count]]
    resp = {"base_info": {"is_first_screen": "0" if start else "1", "title": "校园要闻", "description": "",
                          "nickname": account.name(request.day), "username": account.handle,
                          "article_count": _scalar(len(posts)), "is_paid": "0", "type": "0"},
            "continue_flag": "1" if len(posts) > start + count else "0", "is_pay_subscribe": "0",
            "reverse_continue_flag": "0", "verify_status": "0"}  # fmt: skip
    if part:
        resp["article_list"] = part[0] if len(part) == 1 else part
    if request.query.get("f") == "json":
        return data({"base_resp": base, "getalbum_resp": resp})
    return _album_page(request, account, part, resp)


def _msgid(post: Post) -> str:
    return str(2650000000 + post.ts % 10**8 // 600)


def _entry(account: Account, post: Post) -> dict:
    number = _msgid(post)
    return {"cover_img_1_1": "", "create_time": str(post.ts), "is_pay_subscribe": "0", "is_read": "0", "item_show_type": "0",
            "itemidx": "1", "key": f"{number}_1", "msgid": number, "pos_num": "1", "title": "校园通知", "tts_is_ban": "0",
            "url": f"http://mp.weixin.qq.com/s?__biz={BIZ[account.handle]}&mid={number}&idx=1&sn=5d1e6a#rd",
            "user_read_status": "0"}  # fmt: skip


def _album_page(request: Request, account: Account, part: list[dict], resp: dict) -> Answer:
    rows = "".join(
        f'<li class="album__list-item js_album_item" data-msgid="{row["msgid"]}" data-itemidx="1" '
        f'data-link="{escaped(row["url"])}" '
        f'data-title="{row["title"]}"><span class="js_article_create_time album__item-info-item">{row["create_time"]}</span></li>'
        for row in part
    )
    listed = ", ".join(
        f"{{ title: '{row['title']}', create_time: '{row['create_time']}', msgid: '{row['msgid']}' }}"
        for row in part
    )
    return page(f"""<!DOCTYPE html><html><head><title></title></head><body><div class="album"><div class="album__head">
<div class="album__label-title">校园要闻</div><div class="album__author-name">{account.name(request.day)}</div></div>
<ul class="album__list js_album_list">{rows}</ul></div><script>window.cgiData = {{ ret: '0' * 1, articleList: [{listed}],
continue_flag: '{resp["continue_flag"]}' * 1, nick_name: '{account.name(request.day)}', article_count: '{len(part)}' * 1 }};
</script></body></html>""")


def _article(request: Request) -> Answer:
    account = _of(request)
    if account is None:
        return notice("参数错误")
    state = account.state(request.day)
    if state == "moved":
        to = "https://mp.weixin.qq.com/s?__biz=Mzk3Njk5wMTIzNQ==&mid=2650000002&idx=1&sn=5d1e6a#rd"
        return notice(
            *SAYS[state],
            f"<a id='js_access_msg'>访问文章</a><script>var transferTargetLink = '{to}';</script>",
        )
    if state in SAYS:
        return notice(*SAYS[state])
    post = min(account.shown(request.day), key=lambda post: post.ts)
    name, biz, ct = account.name(request.day), BIZ[account.handle], post.ts
    when = post.at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
    if "cgi" in account.traits:
        return page(f"""<!DOCTYPE html><html><head><title></title></head><body class="zh_CN"><div id="js_image_content"></div>
<script type="text/javascript">window.cgiDataNew = {{}};
window.cgiData = {{ nick_name: '{name}', user_name: '{account.handle}', biz: '{biz}', create_time: JsDecode('{when}'),
 ori_create_time: '{ct}' * 1, title: JsDecode('图集'), item_show_type: '8' * 1,
 picture_page_info_list: [] }};</script></body></html>""")
    return page(f"""<!DOCTYPE html><html><head><meta name="author" content="宣传部">
<meta property="og:title" content="校园通知">
<meta property="og:type" content="article"><title></title></head><body id="activity-detail" class="zh_CN wx_wap_page">
<h1 class="rich_media_title" id="activity-name">校园通知</h1><a id="js_name">{name}</a><em id="publish_time"></em>
<div class="rich_media_content" id="js_content" style="visibility: hidden; opacity: 0; "><p>正文</p></div>
<script type="text/javascript">var biz = "{biz}"||""; var sn = "5d1e6a" || ""|| "";
var mid = "2650000001" || ""|| ""; var idx = "1" || "" || "";</script>
<script type="text/javascript">var user_name = "{account.handle}"; var nickname = htmlDecode("{name}"); var ct = "{ct}";
var createTime = '{when}'; var msg_title = '校园通知'.html(false); var item_show_type = "0";
window.appmsgalbuminfo = {{ album_id: '{album_link(account).rsplit("=", 1)[1]}', title: '校园要闻' }};</script></body></html>""")


def _sogou(request: Request) -> Answer | None:
    if request.path.startswith("/antispider"):
        return page("""<!DOCTYPE HTML><html><head><meta charset="utf-8"><title>搜狗搜索</title></head>
<body><span class="s1">您的访问出错了</span>
<p class="p2">用户您好，您的访问过于频繁，为确认本次访问为正常用户行为，需要您协助验证。</p>
<form name="authform" method="POST" id="seccodeForm"
 action="/"><input type="text" name="c" placeholder="请输入验证码" id="seccodeInput">
<img id="seccodeImage" src="util/seccode.php?tc=1"></form></body></html>""")
    if request.path != "/weixin":
        return None
    word = request.query.get("query", "")
    if request.query.get("type") == "1":
        return _result(
            word,
            f"""<div class="b404-box" id="noresult_part1_container"><p class="p1">呀！</p>
<p class="p2">暂无与“<em>{escaped(word)}</em>”相关的官方认证订阅号。</p></div>""",
        )
    number = int(request.query.get("page") or 1)
    if number > 10:
        return _result(
            word,
            """<div class="b404-box" id="noresult_part1_container"><p class="p1">呀！</p>
<p>当前只显示100条结果，请您：登录后查看更多结果，或者返回微信搜索首页</p></div>""",
        )
    hits = _articles(word, request.day)
    part = hits[(number - 1) * 10 : number * 10]
    if not part:
        return _result(
            word,
            f"""<div class="b404-box" id="noresult_part1_container"><p class="p1">呀！</p>
<p class="p2">没有找到相关的微信公众号文章。暂无与“<em>{escaped(word)}</em>”相关的官方认证订阅号。</p></div>""",
        )
    rows = "".join(_hit(request, word, n, account, post) for n, (account, post) in enumerate(part))
    following = f'<a id="sogou_next" href="?query=x&type=2&page={number + 1}&ie=utf8" class="np" uigs="page_next">下一页</a>'
    return _result(
        word,
        f"""<div class="news-box"><ul class="news-list">{rows}</ul>
<div class="p-fy" id="pagebar_container"><span>{number}</span>
{following if len(hits) > number * 10 else ""}
<div class="mun">找到约{len(hits)}条结果<!--resultbarnum:{len(hits)}--></div></div></div>""",
    )


def _articles(word: str, on: date) -> list[tuple[Account, Post]]:
    """Recent articles by accounts that the word recalls, far from complete."""
    accounts = [a for a in EVERYBODY if a.platform == "wechat" and born(a, on) and a.state(on) == "alive"]
    near = nearest(accounts, word, on)
    return [
        (account, post) for n in range(3) for account in near for post in account.kept(on)[n * 2 : n * 2 + 1]
    ]


def _hit(request: Request, word: str, n: int, account: Account, post: Post) -> str:
    marked = f"<em><!--red_beg-->{escaped(word)}<!--red_end--></em>"
    link = f"/link?url=dn9a_{n}&amp;type=2&amp;query=x&amp;token=5d1e"
    return f"""<!-- a --><li id="sogou_vr_11002601_box_{n}" d="5d1e6a-{n}"><div class="img-box">
<a data-z="art" href="{link}"></a></div>
<div class="txt-box"><h3>
<a target="_blank" href="{link}" id="sogou_vr_11002601_title_{n}" uigs="article_title_{n}">{marked}的一天</a></h3>
<p class="txt-info" id="sogou_vr_11002601_summary_{n}">摘要……</p><div class="s-p">
<span class="all-time-y2">{account.name(request.day)}</span>
<span class="s2"><script>document.write(timeConvert('{post.ts}'))</script></span></div></div></li><!-- z -->"""


def _result(word: str, main: str) -> Answer:
    return page(f"""<!doctype html><html><head><meta charset="utf-8">
<title>{escaped(word)}的相关微信公众号 – 搜狗微信搜索</title></head><body>
<div class="header-box"><div class="login-info"><a id="top_login" uigs="home_login_top">登录</a></div></div>
<div class="wrapper" id="wrapper"><div class="main-left" id="main">{main}</div></div></body></html>""")
