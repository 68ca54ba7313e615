"""A proxy on loopback that does to some answers of a server what networks and busy servers do.

usage: fault_proxy.py HOST:PORT
Prints its port. PUT /__faults with a list of faults replaces those that hold; GET /__faults counts what was done.
A fault: {"kind": "status" | "cut" | "slow" | "stall" | "refuse", "every": N, "methods": "GET PUT", "path": REGEX,
"status": 503, "retryAfter": SECONDS, "after": BYTES, "pause": SECONDS, "times": AT_MOST}
Ends when its parent is gone.
"""
import http.client
import http.server
import json
import os
import re
import select
import sys
import threading
import time

upstream = sys.argv[1]
lock = threading.Lock()
faults = []
done = {}
local = threading.local()


def chosen(method, path):
    with lock:
        for fault in faults:
            if method not in fault.get("methods", method).split() or not re.search(fault.get("path", ""), path):
                continue
            fault["seen"] = fault.get("seen", 0) + 1
            if fault["seen"] % fault.get("every", 1) or fault.get("times", 1 << 60) <= fault.get("used", 0):
                continue
            fault["used"] = fault.get("used", 0) + 1
            done[fault["kind"]] = done.get(fault["kind"], 0) + 1
            return fault
    return None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def head(self, status, headers):
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def control(self, body):
        global faults
        with lock:
            if self.command == "PUT":
                faults = json.loads(body)
                done.clear()
            text = json.dumps(done).encode()
        self.head(200, [("Content-Length", str(len(text)))])
        self.wfile.write(text)

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/__faults":
            return self.control(body)
        fault = chosen(self.command, self.path) or {"kind": None}
        kind = fault["kind"]
        if kind == "refuse":
            self.close_connection = True
            return
        if kind == "status":
            text = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
            extra = [("Retry-After", str(fault["retryAfter"]))] if "retryAfter" in fault else []
            self.head(fault.get("status", 503), extra + [("Content-Length", str(len(text)))])
            if self.command != "HEAD":
                self.wfile.write(text)
            return
        answer, data = self.ask(body)
        headers = [(n, v) for n, v in answer.getheaders() if n.lower() not in ("transfer-encoding", "connection")]
        if not any(n.lower() == "content-length" for n, _ in headers):
            headers.append(("Content-Length", str(len(data))))
        self.head(answer.status, headers)
        if self.command == "HEAD":
            return
        if kind == "cut":
            self.wfile.write(data[:fault.get("after", len(data) // 2)])
            self.close_connection = True
        elif kind == "stall":
            self.wfile.write(data[:fault.get("after", 0)])
            select.select([self.connection], [], [])
            self.close_connection = True
        elif kind == "slow":
            for start in range(0, len(data), 4096):
                self.wfile.write(data[start:start + 4096])
                time.sleep(fault.get("pause", 0.01))
        else:
            self.wfile.write(data)

    def ask(self, body):
        for attempt in range(2):
            connection = getattr(local, "connection", None) or http.client.HTTPConnection(upstream)
            local.connection = connection
            try:
                connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    connection.putheader(name, value)
                connection.endheaders(body or None)
                answer = connection.getresponse()
                return answer, answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                local.connection = None
                if attempt:
                    raise

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_any


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 512
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
parent = os.pidfd_open(os.getppid())  # readable when it has ended
print(server.server_address[1], flush=True)
select.select([parent], [], [])
