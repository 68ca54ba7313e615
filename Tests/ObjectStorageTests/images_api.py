"""Cloudflare Images as its public OpenAPI description has it, as far as an import sees it. For tests, on loopback.

usage: images_api.py [--allowed N] [--rate N] [--token-life SECONDS]
Prints its port. GET /__state shows what it holds. Ends when its parent is gone.
"""
import datetime
import email.parser
import email.policy
import hashlib
import http.server
import json
import os
import re
import select
import sys
import threading
import time
import urllib.parse

words = sys.argv[1:]
option = lambda name, other: int(words[words.index(name) + 1]) if name in words else other
allowed, rate, life = option("--allowed", 100000), option("--rate", 200), option("--token-life", 3600)
ACCOUNT = "023e105f4ecef8ad9ca31a8372d0c353"
TOKEN = "api-token-for-tests"
TYPES = {"image/jpeg", "image/png", "image/gif", "image/webp", "image/svg+xml", "image/heic"}
lock = threading.Lock()
images, tokens, recent, counts = {}, {}, [], {"uploads": 0, "tokens": 0, "throttled": 0, "deletions": 0}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def answer(self, status, result, errors=(), headers=()):
        body = json.dumps({
            "result": result, "success": not errors, "messages": [],
            "errors": [{"code": c, "message": m} for c, m in errors]}).encode()
        self.send_response(status)
        for name, value in (*headers, ("Content-Type", "application/json"), ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status, code, message, headers=()):
        self.answer(status, None, [(code, message)], headers)

    def bearer(self):
        return (self.headers.get("Authorization") or "").removeprefix("Bearer ")

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with lock:
            self.route(body)

    def route(self, body):
        if self.path == "/__state":
            return self.answer(200, {"images": images, "counts": counts})
        account = re.fullmatch(r"/client/v4/accounts/([^/]+)/images/v1(/.*)?", self.path)
        if account:
            if self.bearer() != TOKEN:
                return self.refuse(403, 10000, "Authentication error")
            if account[1] != ACCOUNT:
                return self.refuse(404, 7003, "Could not route to /accounts, perhaps your object identifier is invalid?")
            if account[2] == "/batch_token":
                counts["tokens"] += 1
                token = "batch-%d" % counts["tokens"]
                tokens[token] = time.time() + life
                until = datetime.datetime.fromtimestamp(tokens[token], datetime.timezone.utc)
                return self.answer(200, {"token": token, "expiresAt": until.strftime("%Y-%m-%dT%H:%M:%S.%f") + "123Z"})
            if account[2] == "/stats":
                return self.answer(200, {"count": {"allowed": allowed, "current": len(images)}})
            return self.refuse(404, 7000, "No route for that URI")
        if tokens.get(self.bearer(), 0) < time.time():
            return self.refuse(401, 10000, "Authentication error")
        now = time.monotonic()
        recent[:] = [t for t in recent if t > now - 1]
        if len(recent) >= rate:
            counts["throttled"] += 1
            return self.refuse(429, 971, "Please wait and consider throttling your request speed", [("Retry-After", "1")])
        recent.append(now)
        if self.command == "DELETE" and self.path.startswith("/images/v1/"):
            gone = images.pop(urllib.parse.unquote(self.path[len("/images/v1/"):]), None)
            counts["deletions"] += 1
            return self.answer(200, {}) if gone else self.refuse(404, 5404, "Image not found")
        if self.command == "GET" and self.path.startswith("/images/v1/"):
            image = images.get(urllib.parse.unquote(self.path[len("/images/v1/"):]))
            return self.answer(200, image) if image else self.refuse(404, 5404, "Image not found")
        if self.command == "POST" and self.path == "/images/v1":
            return self.upload(body)
        return self.refuse(404, 7000, "No route for that URI")

    def upload(self, body):
        text = b"Content-Type: " + self.headers["Content-Type"].encode() + b"\r\n\r\n" + body
        form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(text)
        parts = {p.get_param("name", header="content-disposition"): p for p in form.iter_parts()}
        file = parts["file"]
        data = file.get_payload(decode=True)
        name = parts["id"].get_payload(decode=True).decode()
        if file.get_content_type() not in TYPES:
            return self.refuse(415, 5455, "Uploaded image must have image/jpeg, image/png, ... content-type")
        if not data or len(data) > 10 << 20:
            return self.refuse(413, 5413, "Image exceeded the limit")
        if len(name) > 1024:
            return self.refuse(400, 5400, "Bad request")
        if len(images) >= allowed:
            return self.refuse(403, 5453, "You've reached the limit of images")
        if name in images:
            return self.refuse(409, 5409, "The resource already exists")
        counts["uploads"] += 1
        meta = parts.get("metadata")
        images[name] = {
            "id": name, "filename": file.get_filename(), "size": len(data), "digest": hashlib.sha256(data).hexdigest(),
            "type": file.get_content_type(), "meta": json.loads(meta.get_payload(decode=True)) if meta else None,
            "requireSignedURLs": False, "variants": []}
        return self.answer(200, images[name])

    do_GET = do_POST = do_DELETE = handle_any


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
parent = os.pidfd_open(os.getppid())  # readable when it has ended
print(server.server_address[1], flush=True)
select.select([parent], [], [])
