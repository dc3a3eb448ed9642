"""The rehearsal platforms under their own names: TLS servers for the real hosts, which only a proxy can lead to."""

import http.client
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from crawlers.rehearsal.server import ACTS

HOSTS = tuple(host for act in ACTS for host in act.hosts)


class Far(ThreadingHTTPServer):
    """Passes each request on to the stage, under the host that it was asked for; keeps who asked."""

    daemon_threads = True

    def __init__(self, stage, keys):
        super().__init__(("127.0.0.1", 0), _Passed)
        self.stage, self.peers, self.asked = stage, set(), []
        self.socket = keys.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def process_request(self, request, address):
        self.peers.add(address[1])
        super().process_request(request, address)

    def handle_error(self, request, client_address):
        """A browser that hangs up is no news."""


class _Passed(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, *args):
        pass

    def do_GET(self):
        host = self.headers["Host"].partition(":")[0]
        self.server.asked.append((host, self.path))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        stage = http.client.HTTPConnection("127.0.0.1", self.server.stage.port, timeout=20)
        try:
            stage.request(self.command, f"/{host}{self.path}", body or None, dict(self.headers))
            answer = stage.getresponse()
            content = answer.read()
        finally:
            stage.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "content-length", "transfer-encoding", "date", "server"):
                self.send_header(name, _own(name.lower(), value))
        self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin", "*"))
        self.send_header("Access-Control-Allow-Credentials", "true")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    do_POST = do_OPTIONS = do_GET


def _own(name, value):
    """A header as the host itself sends it: the stage keeps each host in a folder."""
    if name == "location" and value.lstrip("/").partition("/")[0] in HOSTS:
        return f"https://{value.lstrip('/')}"
    if name == "set-cookie":
        for host in HOSTS:
            value = value.replace(f"Path=/{host}", f"Path=/; Domain={'.'.join(host.split('.')[-2:])}; Secure")
    return value


@contextmanager
def far_hosts(stage, keys):
    """A running server for all hosts of the platforms."""
    server = Far(stage, keys)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
