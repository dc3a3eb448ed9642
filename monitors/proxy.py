"""The campus's proxy: its address, what is said to it and what its answers mean; nothing here connects."""

from __future__ import annotations

import ipaddress
import re
from base64 import b64encode
from dataclasses import dataclass, field

_STATUS = re.compile(rb"HTTP/1\.\d (\d{3})")
LONGEST_HEAD = 16_384
"""Bytes of an answer's head; a longer one is none of a proxy."""

_NEEDS_LOGIN = 407
_MEANINGS = {
    **dict.fromkeys((401, 403, 405), "不放行 {}（{}），请网络中心放行"),
    **dict.fromkeys((500, 502, 503, 504), "说它连不上 {}（{}）"),
    **dict.fromkeys(
        (301, 302, 303, 307, 308, 511), "要先在网页上登录才给连接 {}（{}），请网络中心给这台服务器免登录"
    ),
}


class Barred(Exception):
    """The proxy gives no way to a host; the text says so in Chinese and names the proxy."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """The one forward proxy (HTTP CONNECT) by which all is reached but this machine and the `direct` hosts.

    `direct`: hosts, `*.` for subdomains. `login`: `user:password`, "" without one. `trouble`: why it cannot be
    used at all, in Chinese; then nothing goes out, beside it least of all.
    """

    host: str
    port: int
    direct: tuple[str, ...] = ()
    trouble: str = ""
    login: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """Host and port, as messages name it."""
        return _joined(self.host, self.port)

    def serves(self, host: str) -> bool:
        """Say whether a host is reached through it; this machine and the direct ones are not."""
        named = (host.endswith(one[1:]) if one.startswith("*.") else host == one for one in self.direct)
        return not _this_machine(host) and not any(named)

    def wish(self, host: str, port: int) -> bytes:
        """Give the request for a way to a host."""
        where = _joined(host, port)
        lines = [f"CONNECT {where} HTTP/1.1", f"Host: {where}"]
        if self.login:
            lines.append(f"Proxy-Authorization: Basic {b64encode(self.login.encode()).decode()}")
        return "\r\n".join([*lines, "", ""]).encode("ascii")

    def granted(self, head: bytes, host: str, port: int) -> None:
        """Read the head of its answer; raises `Barred` for all that is no way to the host."""
        if refusal := self._refusal(head, _joined(host, port)):
            raise self.barred(refusal)

    def barred(self, why: str) -> Barred:
        """Give the failure in the words that people read."""
        return Barred(f"校园代理 {self.name} {why}")

    def unreached(self, error: Exception) -> Barred:
        """Give the failure of a connection to the proxy itself, or of its answer."""
        if isinstance(error, ConnectionRefusedError):
            return self.barred("拒绝连接，请核对 [proxy] url 的地址和端口")
        if isinstance(error, TimeoutError):
            return self.barred("一直没有回答")
        return self.barred("连不上，或没有回答就断开了")

    def through(self, why: str) -> str:
        """Say of a failure, which may be anybody's, that the proxy stood between."""
        return f"{why}（经校园代理 {self.name}）"

    def between(self, distrusted: str) -> str:
        """Say what may have come between where a host's certificate is not trusted."""
        return f"{distrusted}：校园代理 {self.name} 可能拆开了加密连接，换上了自己的证书，请网络中心对这些网站免拆"

    def _refusal(self, head: bytes, where: str) -> str | None:
        told = _STATUS.match(head)
        if told is None:
            return "答的不是 HTTP，不像是转发代理，请核对 [proxy] url"
        status = int(told[1])
        if 200 <= status < 300:
            return "答的是一张网页，可能要先在网页上登录" if _is_page(head) else None
        if status == _NEEDS_LOGIN:
            return self._login_refusal(head)
        return _MEANINGS.get(status, "不给连接 {}（{}）").format(where, status)

    def _login_refusal(self, head: bytes) -> str:
        offered = re.findall(rb"(?im)^proxy-authenticate:\s*([\w-]+)", head)
        if offered and b"basic" not in (one.lower() for one in offered):
            ways = "、".join(one.decode("ascii", "replace") for one in offered)
            return f"只接受 {ways} 登录（407），巡检只会 Basic，请网络中心按服务器的地址放行"
        if self.login:
            return "不认这个用户名和密码（407），请核对 [proxy] 里写的环境变量或文件"
        return "要用户名和密码（407），请在 [proxy] 写 user_env 和 password_env"


def _joined(host: str, port: int) -> str:
    spelt = host if host.isascii() else host.encode("idna").decode("ascii")
    return f"[{spelt}]:{port}" if ":" in spelt else f"{spelt}:{port}"


def _is_page(head: bytes) -> bool:
    """A way has no content; some proxies say so with a length of nought."""
    return bool(re.search(rb"(?im)^(?:content-type:\s*text/html|content-length:\s*0*[1-9])", head))


def _this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
