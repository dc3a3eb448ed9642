"""What `check` says of the way out of the campus: through its proxy, or beside one that only the environment knows."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawlers.platforms import platforms
from crawlers.visits import Target
from monitors.proxy import Barred, Proxy
from reports.channels.posting import connected
from schedules.config import Config, ConfigError
from schedules.machine import Row, entry
from schedules.orders import canaries, looked_at

_AT_ONCE = 4
_VARIABLES = ("https_proxy", "http_proxy", "all_proxy")

Host = tuple[str, int]


def rows(home: Path, config: Config) -> Iterator[Row]:
    """Give a row for each host that tonight needs, as the proxy leads to it; no page is asked for."""
    proxy = config.way_out(home)
    if proxy is None:
        yield from _unheard(config)
    elif proxy.trouble:
        yield _row("error", str(proxy.barred(proxy.trouble)))
    else:
        needed = [one for one in dict.fromkeys(_needed(home, config)) if proxy.serves(one[0])]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            whys = list(pool.map(lambda one: _why_not(proxy, one), needed))
        for why in dict.fromkeys(filter(None, whys)):
            yield _row("error", why)
        open_ones = [f"{host}:{port}" for (host, port), why in zip(needed, whys, strict=True) if not why]
        if open_ones:
            yield _row("ok", f"经校园代理 {proxy.name} 连得上：{'、'.join(open_ones)}")
        elif not needed:
            yield _row("ok", f"校园代理 {proxy.name} 还用不着：演练和发到本机的提醒都不经过它")


def _row(level: str, message: str) -> Row:
    return entry(level, "proxy", message, "proxy")


def _unheard(config: Config) -> Iterator[Row]:
    named = [name for name in _VARIABLES for name in (name, name.upper()) if os.environ.get(name)]
    if named:
        message = (
            f"环境变量 {'、'.join(named)} 写了代理，但巡检不看它，直接连接。"
            "服务器只能经代理上网时，请在 school.toml 写 [proxy] url"
        )
        yield _row("ok" if config.on_loopback else "warning", message)


def _needed(home: Path, config: Config) -> Iterator[Host]:
    """The hosts on which the belief in each platform rests, and those that are sent to."""
    for name, platform in platforms().items():
        if looked_at(config, name) and not config.staged(name):
            alive = canaries(config, platform, searching=False)[0].subject
            ask = platform.account_ask(Target(alive, at=datetime.now(UTC)), ())
            yield from _host(ask.url if ask else "")
    for name in config.channels:
        try:
            yield from _host(config.channel_spec(name, home).url)
        except ConfigError:
            continue  # told with the channel
    yield from _host(config.alerts.ping or "")


def _host(url: str) -> Iterator[Host]:
    try:
        parts = urlsplit(url)
        port = parts.port or (80 if parts.scheme == "http" else 443)
    except ValueError:
        return
    if parts.hostname:
        yield parts.hostname, port


def _why_not(proxy: Proxy, one: Host) -> str | None:
    """Try a way to the host as far as its certificate; give what is wrong with it."""
    host, port = one
    try:
        connected(host, port, secure=port != 80, proxy=proxy).close()
    except Barred as error:
        return str(error)
    except ssl.SSLCertVerificationError as error:
        return proxy.between(f"{host} 的证书不可信（{error.verify_message}）")
    except OSError:
        return proxy.through(f"{host}:{port} 没有建立加密连接")
    return None
