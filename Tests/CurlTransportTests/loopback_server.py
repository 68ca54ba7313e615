"""A web server on loopback for the transport tests.

usage: loopback_server.py [--tls CERTIFICATE KEY] [--unix PATH] [--remove DIRECTORY]
Prints its port, or 0 for a unix socket, when it listens. Ends, and removes DIRECTORY, when its parent is gone.
"""
import hashlib
import http.server
import json
import os
import select
import shutil
import socket
import socketserver
import ssl
import sys
import threading
import urllib.parse

lock = threading.Condition()
hanging = 0
arrived = 0
sent = 0
uploads = 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body are two writes; without this each answer waits 40 ms for a delayed acknowledgement.
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def answer(self, body, status=200, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_any(self):
        global hanging, arrived, sent, uploads
        parts = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if parts.path == "/big":
            self.answer(b"x" * int(query["n"]))
        elif parts.path == "/counted":
            sent = 0
            self.send_response(200)
            self.send_header("Content-Length", query["n"])
            self.end_headers()
            try:
                while sent < int(query["n"]):
                    self.wfile.write(b"x" * 100000)
                    sent += 100000
            except OSError:
                self.close_connection = True
        elif parts.path == "/sent":
            self.answer(str(sent).encode())
        elif parts.path == "/upload":
            uploads += len(body) == int(self.headers.get("Content-Length") or 0)
            self.answer(b"")
        elif parts.path == "/uploads":
            self.answer(str(uploads).encode())
        elif parts.path == "/chunked":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for _ in range(int(query["n"])):
                self.wfile.write(b"1\r\nx\r\n")
            self.wfile.write(b"0\r\nX-Trailer: late\r\n\r\n")
        elif parts.path == "/redirect":
            self.answer(b"", 302, [("Location", query["to"])])
        elif parts.path == "/hang":
            with lock:
                hanging += 1
            try:
                self.connection.recv(1)
            except OSError:
                pass
            with lock:
                hanging -= 1
            self.close_connection = True
        elif parts.path == "/hanging":
            self.answer(str(hanging).encode())
        elif parts.path == "/barrier":
            with lock:
                arrived += 1
                lock.notify_all()
                everyone = lock.wait_for(lambda: arrived >= int(query["n"]), timeout=20)
            self.answer(b"together" if everyone else b"alone")
        elif parts.path == "/headers":
            self.wfile.write(
                b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
                b"HTTP/1.1 404 Not Found\r\nX-B: 1\r\nx-a:  two  \r\nX-B: 3\r\nX-Latin: caf\xe9\r\nX-Empty:\r\n"
                b"Content-Length: 0\r\n\r\n")
        elif parts.path == "/many-headers":
            self.answer(b"", 200, [("X-Long-%d" % i, "v" * 10000) for i in range(40)])
        elif parts.path == "/close":
            self.close_connection = True
        elif parts.path == "/garbage":
            self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
            self.close_connection = True
        elif parts.path == "/broken":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")
            self.close_connection = True
        else:
            client = self.client_address[1] if self.client_address else 0
            self.answer(json.dumps({
                "method": self.command, "target": self.path, "headers": [list(h) for h in self.headers.items()],
                "bodyDigest": hashlib.sha256(body).hexdigest(), "bodyLength": len(body), "client": client,
                "serverName": getattr(self.connection, "asked_name", None),
            }).encode(), 200, [("Set-Cookie", "sid=secret; Path=/"), ("X-Request-Id", os.urandom(4).hex())])

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_PURGE = handle_any


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True

    def server_bind(self):
        socketserver.TCPServer.server_bind(self)

    def handle_error(self, request, client_address):
        pass


class UnixHandler(Handler):
    disable_nagle_algorithm = False


class UnixServer(Server):
    address_family = socket.AF_UNIX


def main():
    words = sys.argv[1:]
    option = lambda name, offset=1: words[words.index(name) + offset] if name in words else None
    path = option("--unix")
    server = UnixServer(path, UnixHandler) if path else Server(("127.0.0.1", 0), Handler)
    if option("--tls"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(option("--tls"), option("--tls", 2))
        context.sni_callback = lambda sock, name, _: setattr(sock, "asked_name", name)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    parent = os.pidfd_open(os.getppid())  # readable when it has ended
    print(0 if path else server.server_address[1], flush=True)
    select.select([parent], [], [])
    if option("--remove"):
        shutil.rmtree(option("--remove"), ignore_errors=True)


main()
