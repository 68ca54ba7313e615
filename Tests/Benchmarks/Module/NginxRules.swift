import Glibc
import TestKit

/// The rules of ``RuleSet`` in nginx's own words: a `map`, `geo`, `rewrite` or `if` where one says the same, in one
/// process without a master.
struct NginxRules: Sendable {
    let rules: Int
    let listen: HostPort
    let origin: HostPort
    /// Where it may write.
    let folder: TemporaryDirectory

    /// Starts it and waits for its answer. Nil when there is no nginx here.
    func start() async throws -> ChildProcess? {
        guard let program = NginxPeer.program else { return nil }
        try folder.write("", to: "logs/error.log")
        let file = try folder.write(configuration, to: "nginx.conf")
        let child = try ChildProcess(
            program, ["-p", folder.path, "-c", file, "-e", folder.path("logs/error.log")], directory: folder.path)
        try await eventually("nginx at \(listen)") {
            if !child.isRunning { throw NginxPeer.Ended(log: child.errors) }
            let answer = try await RawHTTP.request("GET", "/", at: listen, host: RuleSet.host)
            return answer.status == 200 && (answer.first("x-rule-9") != nil) == (rules > 0)
        }
        return child
    }

    private func numbers(_ kinds: Int...) -> [Int] { (0..<rules).filter { kinds.contains($0 % 10) } }

    private func lines(_ kind: Int, _ line: (Int) -> String) -> String {
        numbers(kind).map(line).joined(separator: "\n")
    }

    private var configuration: String {
        let user = geteuid() == 0 ? "user root;\n" : ""
        let networks = Set(numbers(4).map { "198.51.\($0 % 250).0/24 1;" }).sorted().joined(separator: "\n")
        return """
            \(user)worker_processes 1;
            daemon off;
            master_process off;
            pid \(folder.path("nginx.pid"));
            events { worker_connections 1024; }
            http {
            access_log off;
            keepalive_requests 1000000000;
            client_body_temp_path \(folder.path("body"));
            proxy_temp_path \(folder.path("proxy"));
            fastcgi_temp_path \(folder.path("fastcgi"));
            uwsgi_temp_path \(folder.path("uwsgi"));
            scgi_temp_path \(folder.path("scgi"));
            map_hash_max_size 65536; map_hash_bucket_size 128;
            variables_hash_max_size 65536; variables_hash_bucket_size 128;
            proxy_headers_hash_max_size 65536; proxy_headers_hash_bucket_size 128;
            upstream web { server \(origin); keepalive 64; keepalive_requests 1000000000; }
            \(rules > 0 ? maps(networks: networks) : "")
            server {
            listen \(listen);
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            \(rules > 0 ? server : "")
            location / { proxy_pass http://web; }
            }
            }

            """
    }

    private func maps(networks: String) -> String {
        """
        map $uri $new_uri { default "";
        \(lines(0) { "/old-\($0) /new-\($0);" })
        \(lines(1) { "~^/campaign-\($0)/ /new-\($0);" })
        }
        map $host $origin_host { default $host;
        \(lines(3) { "h\($0).bench.example h\($0).internal;" })
        }
        geo $refused { default 0;
        \(networks)
        \(lines(4) { "2001:db8:\($0)::/48 1;" })
        }
        map $http_user_agent $bot { default 0;
        \(lines(5) { "~*bot-\($0) 1;" })
        }
        geo $internal { default 0; 10.0.0.0/8 1; }
        map $internal$uri $foreign_admin { default 0;
        \(lines(6) { "~^0/admin-\($0)/ 1;" })
        }
        \(lines(7) { "map $cookie_c\($0) $x_cookie_\($0) { default \"\"; 1 \($0); }" })
        \(lines(8) { "map $http_x_flag_\($0) $x_flagged_\($0) { default \($0); \"\" \"\"; }" })
        \(lines(9) { number in
            RuleSet.alwaysHolds(number)
                ? "" : "map $status$uri $x_rule_\(number) { default \"\"; \"~^[45].*/e\(number)\" \(number); }"
        })
        """
    }

    private var server: String {
        """
        if ($new_uri) { return 301 $new_uri; }
        \(lines(2) { "rewrite ^/p-\($0)/ /products;" })
        if ($refused) { return 403; }
        if ($bot) { return 403; }
        if ($foreign_admin) { return 403; }
        proxy_set_header Host $origin_host;
        \(lines(7) { "proxy_set_header X-Cookie-\($0) $x_cookie_\($0);" })
        \(lines(8) { "proxy_set_header X-Flagged-\($0) $x_flagged_\($0);" })
        \(lines(9) { number in
            "add_header X-Rule-\(number) \(RuleSet.alwaysHolds(number) ? "\(number)" : "$x_rule_\(number)") always;"
        })
        """
    }
}
