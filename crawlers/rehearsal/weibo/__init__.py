"""Weibo on the stage: visitor handshake, mobile and desktop pages, their data, the searches."""

from __future__ import annotations

import re
from typing import Any

from crawlers.rehearsal.answers import Act, Answer, Route, account, search, shown, told
from crawlers.rehearsal.weibo import desktop, mobile
from crawlers.rehearsal.weibo.gate import GATES, WEB, M, S, gate_page, handshake

CAPTCHA = {
    "ok": -100,
    "errno": "-100",
    "msg": "",
    "url": "https://m.weibo.cn/api/geetest?testType=1&backUrl=/",
}

SHELL = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>微博</title></head>'
    "<body><script>wbBotDetector.init()</script></body></html>"
)


def _on_data(answer: Answer) -> Any:
    return lambda request, route: answer if route.aspect == "data" and "visitor" not in request.path else None


ACT = Act(
    name="weibo",
    hosts={
        M: "User-agent: *\nDisallow: /\n",
        WEB: "User-agent: *\nDisallow: /\n",
        S: "User-agent: *\nDisallow: /\n",
        GATES[M]: None,
        GATES[WEB]: None,
    },
    routes=(
        Route(M, re.compile(r"/(?:u|profile)/(?P<uid>\d+)"), mobile.user_page, account("uid"), "page"),
        Route(M, re.compile(r"/search"), mobile.search_page, mobile.about, "page"),
        Route(M, re.compile(r"/api/config"), mobile.config),
        Route(M, re.compile(r"/api/container/getIndex"), mobile.index, mobile.about),
        Route(WEB, re.compile(r"/(?:u/)?(?P<uid>\d+)"), desktop.user_page, account("uid"), "page"),
        Route(WEB, re.compile(r"/ajax/profile/info"), desktop.profile, account("uid")),
        Route(WEB, re.compile(r"/ajax/statuses/mymblog"), desktop.posts, account("uid")),
        Route(WEB, re.compile(r"/ajax/side/search"), desktop.side_search, search("q")),
        Route(S, re.compile(r"/user"), desktop.closed_search, search("q"), "page"),
        *(Route(gate, re.compile(r"/visitor/visitor"), gate_page, None, "page") for gate in GATES.values()),
        *(Route(gate, re.compile(r"/visitor/genvisitor2"), handshake) for gate in GATES.values()),
    ),
    refusals={
        "432": _on_data(Answer(b"", 432, "text/html")),
        "captcha": _on_data(told(CAPTCHA)),
        "login": _on_data(told({"ok": -100, "url": "https://passport.weibo.com/sso/signin?entry=wapsso"})),
        "rate": _on_data(shown("访问过于频繁，请稍等再试！（错误码：414）", 414)),
        "throttle": _on_data(told({"ok": 0, "data": {}})),
        "bot": lambda request, route: shown(SHELL) if route.aspect == "page" else None,
    },
)
