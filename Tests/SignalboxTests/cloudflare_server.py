"""Cloudflare's API as far as an import asks it, on loopback.

usage: cloudflare_server.py SCENARIO
Prints its port when it listens, then every request as a line of JSON. Ends when its parent is gone.
"""
import http.server
import json
import os
import select
import socketserver
import sys
import threading
import urllib.parse

scenario = sys.argv[1]
seen = {}
lock = threading.Lock()
TOKEN = "Bearer tops3cret"


def rules(*items):
    return [dict(item, enabled=True) for item in items]


RULESETS = {
    "aa01": ("http_request_dynamic_redirect", rules(
        {"id": "r1", "ref": "old-blog", "action": "redirect", "expression": "(http.host eq \"blog.shop.example\")",
         "action_parameters": {"from_value": {"status_code": 301, "target_url": {"value": "https://shop.example/"}}}})),
    "aa02": ("http_request_firewall_custom", rules(
        {"id": "r2", "ref": "scrapers", "action": "block", "expression": "(http.user_agent contains \"scrape\")"},
        {"id": "r3", "ref": "ask", "action": "managed_challenge", "expression": "true"})),
    "aa03": ("http_request_cache_settings", None),
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def answer(self, result, status=200, info=None, headers=(), errors=(), cut=0):
        body = {"result": result, "success": status == 200 and not errors, "errors": list(errors), "messages": []}
        if info is not None:
            body["result_info"] = info
        data = json.dumps(body).encode()
        data = data[: len(data) - cut]
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def paged(self, items, query, per_page=2):
        page = int(query.get("page", 1))
        start = (page - 1) * per_page
        pages = (len(items) + per_page - 1) // per_page
        self.answer(items[start:start + per_page], info={"page": page, "per_page": per_page, "total_pages": pages})

    def do_GET(self):
        parts = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        path = parts.path
        with lock:
            seen[path] = seen.get(path, 0) + 1
            count = seen[path]
            print(json.dumps({"path": self.path}), flush=True)
        if self.headers.get("Authorization") != TOKEN:
            return self.answer(None, 401, errors=[{"code": 10000, "message": "Authentication error"}])
        if scenario == "throttled" and path.endswith("/dns_records") and count == 1:
            return self.answer(None, 429, headers=[("Retry-After", "0")], errors=[{"code": 971, "message": "slow down"}])
        if scenario == "throttled-for-long" and path.endswith("/dns_records"):
            return self.answer(None, 429, headers=[("Retry-After", "100000")])
        if scenario == "flaky" and path.endswith("/pagerules") and count == 1:
            return self.answer(None, 502)
        if scenario == "forbidden" and path.endswith("/dns_records"):
            return self.answer(None, 403, errors=[{"code": 10000, "message": "Authentication error"}])
        if scenario == "truncated" and path.endswith("/dns_records"):
            return self.answer([], cut=10)
        if scenario == "not-json" and path.endswith("/zones"):
            self.send_response(404)
            self.send_header("Content-Length", "2")
            self.end_headers()
            return self.wfile.write(b"no")
        if path == "/zones":
            found = [{"id": "zone1", "name": "shop.example", "account": {"id": "acc1"}, "name_servers": []}]
            return self.answer(found if query.get("name") == "shop.example" else [])
        if path == "/zones/zone1/rulesets":
            listed = [{"id": i, "kind": "zone", "phase": p, "name": "default"} for i, (p, _) in RULESETS.items()]
            listed.append({"id": "m1", "kind": "managed", "phase": "http_request_firewall_managed"})
            if "cursor" not in query:
                return self.answer(listed[:2], info={"cursors": {"after": "bmV4dA=="}})
            return self.answer(listed[2:], info={"cursors": {}})
        if path.startswith("/zones/zone1/rulesets/"):
            name = path.rsplit("/", 1)[1]
            phase, items = RULESETS[name]
            ruleset = {"id": name, "kind": "zone", "phase": phase}
            if items is not None:
                ruleset["rules"] = items
                if scenario == "drifted" and name == "aa02":
                    ruleset["rules"] = [dict(items[0], expression="(http.user_agent contains \"crawl\")"), items[1]]
            return self.answer(ruleset)
        if path == "/zones/zone1/dns_records":
            names = ["shop.example", "www.shop.example", "blog.shop.example", "api.shop.example", "img.shop.example"]
            return self.paged([
                {"id": f"d{i}", "type": "A", "name": n, "content": "192.0.2.1" if i < 4 else "192.0.2.2", "proxied": True}
                for i, n in enumerate(names)], query)
        if path == "/zones/zone1/pagerules":
            return self.answer([])
        if path == "/zones/zone1/settings":
            return self.answer([{"id": "ssl", "value": "flexible"}, {"id": "brotli", "value": "off"}])
        if path == "/zones/zone1/load_balancers":
            return self.answer([{"id": "lb1", "name": "lb.shop.example", "proxied": True, "default_pools": ["p1"],
                                 "fallback_pool": "p1"}], info={"page": 1, "total_pages": 1})
        if path == "/accounts/acc1/load_balancers/pools":
            return self.answer([{"id": "p1", "name": "fra", "monitor": "m1", "origins": [
                {"name": "o", "address": "198.51.100.1", "enabled": True}]}], info={"page": 1, "total_pages": 1})
        if path == "/accounts/acc1/load_balancers/monitors":
            return self.answer([{"id": "m1", "type": "http", "path": "/up", "interval": 60, "expected_codes": "2xx"}])
        self.answer(None, 404, errors=[{"code": 7003, "message": "Could not route"}])


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
parent = os.pidfd_open(os.getppid())  # readable when it has ended
print(server.server_address[1], flush=True)
select.select([parent], [], [])
