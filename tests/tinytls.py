"""A server that shakes hands by TLS and says no more."""

import socketserver
import ssl
import threading
from contextlib import contextmanager, suppress


@contextmanager
def greeting(keys):
    """Give the port of one that runs."""

    class Greeting(socketserver.BaseRequestHandler):
        def handle(self):
            with suppress(OSError, ssl.SSLError), keys.wrap_socket(self.request, server_side=True) as greeted:
                greeted.recv(1)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            """Nobody has to trust it."""

    server = Server(("127.0.0.1", 0), Greeting)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
