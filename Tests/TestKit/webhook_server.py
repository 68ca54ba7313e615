"""A webhook as somebody who writes one would: checks the signature and the shape of what comes, and answers a verdict.

webhook_server.py KEY [CERTIFICATE PRIVATE-KEY]

Prints its port, then a line of JSON for each request: what was found. The path says how it answers: /verdict, /status/503,
/slow, /huge, /redirect, /garbage, /cut.
"""
import base64
import hashlib
import hmac
import http.server
import json
import ssl
import sys
import time

KEY = sys.argv[1].encode()
SHAPE = {
    "id": str, "from": str, "to": str, "rule": str, "client": str, "subject": str, "size": int, "authentication": str,
    "headers": list, "raw": str,
}


def verdict(action, **more):
    return json.dumps({"action": action, **more}).encode()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        print(json.dumps(self.examined(body)), flush=True)
        if self.path.startswith("/status/"):
            return self.answer(int(self.path.split("/")[2]), verdict("drop"))
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/verdict")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if self.path == "/slow":
            time.sleep(30)
        if self.path == "/huge":
            return self.answer(200, b'{"action":"drop","x":"' + b"x" * 10_000_000 + b'"}')
        if self.path == "/garbage":
            return self.answer(200, b"<html>welcome</html>")
        if self.path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            return self.wfile.write(b'{"action":"drop"}')
        self.answer(200, verdict("reject", reason="seen by the webhook"))

    def examined(self, body):
        stamp, signature = self.headers.get("X-Signalbox-Timestamp"), self.headers.get("X-Signalbox-Signature")
        own = "v1=" + hmac.new(KEY, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        document = json.loads(body)
        fresh = stamp is not None and abs(time.time() - int(stamp)) < 300
        return {
            "path": self.path,
            "type": self.headers["Content-Type"],
            "signature": "none" if signature is None else
                "good" if fresh and hmac.compare_digest(own, signature) else "bad",
            "shape": {key: type(value) for key, value in document.items()} == SHAPE,
            "headers": document["headers"],
            "message": base64.b64decode(document["raw"]).decode(),
            "to": document["to"], "from": document["from"], "id": document["id"],
        }

    def answer(self, status, body):
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
