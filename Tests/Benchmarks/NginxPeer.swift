import FoundationEssentials
import Glibc
import TestKit

/// Some nginx, at most ten, with what the shop zone says, as far as nginx can say it: as many rules, over the same phases, for the
/// same hosts and origins.
struct NginxPeer: Sendable {
    let addresses: [HostPort]
    private let folder: TemporaryDirectory
    private let masters: [ChildProcess]
    private let origins: [HostPort]

    /// Where Debian puts it, or nil.
    static let program: String? = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"].first {
        access($0, X_OK) == 0
    }

    /// nil when there is no nginx here.
    static func start(_ count: Int, origins: [HostPort]) async throws -> NginxPeer? {
        guard let program else { return nil }
        let folder = try TemporaryDirectory("nginx")
        let hosts = (0..<count).map { "127.0.0.\(30 + $0)" }
        let port = try FreePort.pick(1, on: hosts)[0]
        let addresses = hosts.map { HostPort($0, port) }
        for index in hosts.indices { try folder.write("", to: "\(index)/logs/error.log") }
        let files = NginxPeer(addresses: addresses, folder: folder, masters: [], origins: origins)
        try files.write(release: ShopZone.firstRelease)
        let masters = try hosts.indices.map { index in
            try ChildProcess(program, files.arguments(index) + ["-g", "daemon off;"])
        }
        let peer = NginxPeer(addresses: addresses, folder: folder, masters: masters, origins: origins)
        for (address, master) in zip(addresses, masters) {
            try await eventually("nginx at \(address)") {
                if !master.isRunning { throw Ended(log: master.errors) }
                return try await RawHTTP.request("GET", "/.git/config", at: address, host: ShopZone.host).status == 404
            }
        }
        return peer
    }

    func write(release: String) throws {
        for index in addresses.indices {
            try folder.write(configuration(index, release: release), to: "\(index)/nginx.conf")
        }
    }

    /// `nginx -s reload` of all at once; returns when all commands ended.
    func reload() async throws {
        guard let program = Self.program else { return }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in addresses.indices {
                group.addTask {
                    let done = try await ChildProcess.run(program, arguments(index) + ["-s", "reload"])
                    guard done.exit.isSuccess else { throw Ended(log: done.errors) }
                }
            }
            try await group.waitForAll()
        }
    }

    func stop() async {
        for master in masters { await master.terminate() }
    }

    struct Ended: Error, CustomStringConvertible {
        let log: String
        var description: String { "nginx ended: \(log)" }
    }

    private func arguments(_ index: Int) -> [String] {
        [
            "-p", folder.path("\(index)"), "-c", folder.path("\(index)/nginx.conf"), "-e",
            folder.path("\(index)/logs/error.log"),
        ]
    }

    private func configuration(_ index: Int, release: String) -> String {
        let user = geteuid() == 0 ? "user root;\n" : ""
        let (web, standby, images) = (origins[0], origins[1], origins[2])
        return """
            \(user)worker_processes 1;
            pid \(folder.path("\(index)/nginx.pid"));
            events { worker_connections 1024; }
            http {
            access_log off;
            client_body_temp_path \(folder.path("\(index)/body"));
            proxy_temp_path \(folder.path("\(index)/proxy"));
            fastcgi_temp_path \(folder.path("\(index)/fastcgi"));
            uwsgi_temp_path \(folder.path("\(index)/uwsgi"));
            scgi_temp_path \(folder.path("\(index)/scgi"));
            upstream web { server \(web); server \(standby) backup; keepalive 16; }
            upstream api { server \(standby); server \(web) backup; keepalive 16; }
            upstream images { server \(images); keepalive 16; }
            map $http_cookie $visitor { default ""; "~session=." member; }
            map $http_cookie $beta { default ""; "~beta=1" yes; }
            map $http_user_agent $device { default ""; "~(Mobile|Android)" mobile; }
            map $uri $browser_ttl { default ""; "~\\.(css|js|woff2|svg|ico)$" "max-age=3600"; "~\\.(jpg|jpeg|png|webp|avif|gif)$" "max-age=604800"; "~^/(account|checkout|api)" "no-store"; }
            map $uri $frame { default DENY; "~^/embed/" ""; }
            map $status $robots { default ""; "~^[45]" noindex; }
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header X-Forwarded-Host $host;
            proxy_set_header X-Shop-Edge nginx;
            proxy_set_header X-Shop-Visitor $visitor;
            proxy_set_header X-Shop-Beta $beta;
            proxy_set_header X-Shop-Device $device;
            proxy_set_header X-Debug "";
            proxy_hide_header X-Powered-By;
            add_header X-Content-Type-Options nosniff always;
            add_header Referrer-Policy strict-origin-when-cross-origin always;
            add_header X-Frame-Options $frame always;
            add_header Cache-Control $browser_ttl always;
            add_header X-Robots-Tag $robots always;
            add_header X-Shop-Release \(release) always;
            server { listen \(addresses[index]); server_name shop.example; return 301 https://www.shop.example$request_uri; }
            server {
            listen \(addresses[index]); server_name www.shop.example;
            if ($request_method ~ ^(TRACE|TRACK|CONNECT)$) { return 405; }
            if ($http_user_agent ~* (sqlmap|nikto)) { return 403; }
            if ($uri ~ "\\.\\.") { return 400; }
            rewrite ^/catalogue/(.*)$ /c/$1 permanent;
            rewrite ^/login\\.php$ /account/login permanent;
            rewrite ^/p/(.*)$ /products/$1 last;
            rewrite ^/index\\.html$ / last;
            rewrite ^/s$ /search last;
            location ~ ^/blog(/|$) { return 308 https://www.shop.example/stories; }
            location ~ ^/(spring|sale|spring-sale)$ { return 302 /c/offers?from=campaign; }
            location ~ /\\. { return 404; }
            location ~ ^/(wp-|xmlrpc\\.php) { return 404; }
            location /admin { allow 127.0.0.0/8; allow 10.0.0.0/8; deny all; proxy_pass http://web; }
            location /checkout { if ($http_x_country ~ ^(KP|SY)$) { return 451; } proxy_pass http://web; }
            location /api/ { proxy_set_header Host api.internal; proxy_pass http://api; }
            location /media/ { proxy_pass http://images; }
            location ~ \\.(jpg|jpeg|png|webp|avif|gif)$ { proxy_set_header Host images.internal; proxy_pass http://images; }
            location / { proxy_pass http://web; }
            }
            server {
            listen \(addresses[index]); server_name api.shop.example;
            add_header Access-Control-Allow-Origin https://www.shop.example always;
            if ($http_x_api_key = "") { return 401; }
            location /v { proxy_pass http://api; }
            location / { rewrite ^ /v1$uri break; proxy_pass http://api; }
            }
            }

            """
    }
}
