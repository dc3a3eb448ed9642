"""A way through the campus's proxy to one host, for one request."""

from __future__ import annotations

import socket
from contextlib import closing

from monitors.proxy import LONGEST_HEAD, Proxy
from reports.channels.listening import Listening

_END = b"\r\n\r\n"


def way(proxy: Proxy, host: str, port: int, seconds: float) -> socket.socket:
    """Give a connection that the proxy leads to the host; raises `Barred`."""
    if proxy.trouble:
        raise proxy.barred(proxy.trouble)
    try:
        opened = socket.create_connection((proxy.host, proxy.port), timeout=seconds)
    except socket.gaierror:
        raise proxy.barred("的域名解析不到，请核对 [proxy] url") from None
    except OSError as error:
        raise proxy.unreached(error) from None
    try:
        opened.sendall(proxy.wish(host, port))
        head, rest = _head(opened, seconds)
        opened.settimeout(seconds)
        proxy.granted(head, host, port)
        if rest:
            # Whoever is asked for a way has nothing to say before we do.
            raise proxy.barred("答的是一张网页，可能要先在网页上登录")
    except OSError as error:
        opened.close()
        raise proxy.unreached(error) from None
    except BaseException:
        opened.close()
        raise
    return opened


def _head(opened: socket.socket, seconds: float) -> tuple[bytes, bytes]:
    """Read up to the end of an answer's head; give it and what came behind it."""
    read = b""
    with closing(Listening(opened, seconds, LONGEST_HEAD)) as answer:
        while _END not in read:
            piece = answer.read(4096)
            if not piece:
                raise ConnectionResetError
            read += piece
    head, end, rest = read.partition(_END)
    return head + end, rest
