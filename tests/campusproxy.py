"""A campus's forward proxy on a socket: CONNECT only, counting, with a login if wanted, and failing as proxies do."""

import base64
import re
import selectors
import socket
import socketserver
import threading
from contextlib import contextmanager, suppress

LOGIN = "xunjian:kein-Geheimnis-7731"
_OK = b"HTTP/1.1 200 Connection established\r\n\r\n"
PORTAL = b"<!doctype html><title>\xe6\xa0\xa1\xe5\x9b\xad\xe7\xbd\x91\xe8\xae\xa4\xe8\xaf\x81</title><form>login</form>"
ANSWERS = {
    "denied": b"HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\ndenied",
    "unreached": b"HTTP/1.1 503 Service Unavailable\r\nX-Squid-Error: ERR_DNS_FAIL 0\r\nContent-Length: 0\r\n\r\n",
    "ntlm": b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Negotiate\r\n\r\n",
    "portal": b"HTTP/1.1 302 Found\r\nLocation: http://portal.yunling.example/login\r\nContent-Length: 0\r\n\r\n",
    "page": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(PORTAL)
    + PORTAL,
    "bare page": _OK + PORTAL,
    "garbage": b"\x15\x03\x01\x00\x02\x02\x16\r\n\r\n",
    "hang up": b"",
    "endless": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000,
}
"""What it says instead, by `how`; "silent" says nothing at all."""


class CampusProxy(socketserver.ThreadingTCPServer):
    """`ways`: (host, port) to the local port that plays it; `wished`: what was asked for; `out`: its own ports outwards."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, ways, login=""):
        super().__init__(("127.0.0.1", 0), _Asked)
        self.ways, self.login, self.how = dict(ways), login, None
        self.wished, self.heads, self.out = [], [], set()
        self.done = threading.Event()

    @property
    def port(self):
        return self.server_address[1]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def handle_error(self, request, client_address):
        """A browser that hangs up is no news."""


class _Asked(socketserver.BaseRequestHandler):
    def handle(self):
        head = b""
        while b"\r\n\r\n" not in head and (more := self.request.recv(4096)):
            head += more
        proxy, wish = self.server, re.match(rb"CONNECT (\S+):(\d+) HTTP/1\.1\r\n", head)
        proxy.heads.append(head)
        if wish is None:
            self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return
        where = wish[1].decode(), int(wish[2])
        proxy.wished.append(where)
        if proxy.how == "silent":
            proxy.done.wait(60)
        elif proxy.how in ANSWERS:
            self.request.sendall(ANSWERS[proxy.how])
        elif proxy.login and base64.b64encode(proxy.login.encode()) not in head:
            self.request.sendall(b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=campus\r\n\r\n")
        elif where not in proxy.ways:
            self.request.sendall(ANSWERS["unreached"])
        else:
            self.lead(proxy.ways[where])

    def lead(self, port):
        with socket.create_connection(("127.0.0.1", port)) as far, selectors.DefaultSelector() as ready:
            self.server.out.add(far.getsockname()[1])
            self.request.sendall(_OK)
            others = {self.request: far, far: self.request}
            for one in others:
                ready.register(one, selectors.EVENT_READ)
            with suppress(OSError):
                while ready.get_map() and not self.server.done.is_set():
                    for key, _ in ready.select(0.5):
                        if piece := key.fileobj.recv(65536):
                            others[key.fileobj].sendall(piece)
                        else:
                            others[key.fileobj].shutdown(socket.SHUT_WR)
                            ready.unregister(key.fileobj)


@contextmanager
def campus_proxy(ways, login=""):
    """A running proxy."""
    proxy = CampusProxy(ways, login)
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.done.set()
        proxy.shutdown()
        proxy.server_close()
