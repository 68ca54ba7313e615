internal import EdgeModel

/// Monitors: health checks of origins.
extension ImportRun {
    static func health(of monitor: DocumentValue, _ item: inout ImportItem) -> Origin.Health? {
        let type = monitor.text("type") ?? "http"
        guard type == "http" || type == "https" else {
            item.refuse("a health check is an HTTP request here, not '\(type)'", do: "give the origin a health path")
            return nil
        }
        var path = monitor.text("path") ?? "/"
        if !path.hasPrefix("/") || !path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
            item.change("its path '\(path)' is no path: / is asked for")
            path = "/"
        }
        var health = Origin.Health(path: path)
        health.host = hostHeader(monitor).first
        if let seconds = monitor.number("interval") { health.interval = min(max(seconds, 1), 3600) * 1000 }
        if let seconds = monitor.number("timeout") { health.timeout = min(max(seconds, 1), 60) * 1000 }
        if let count = monitor.number("consecutive_down"), count > 0 { health.unhealthy = min(count, 100) }
        if let count = monitor.number("consecutive_up"), count > 0 { health.healthy = min(count, 100) }
        if let codes = monitor.text("expected_codes"), codes != "2xx", !codes.isEmpty {
            item.change("any status from 200 to 399 is healthy, not only '\(codes)'")
        } else {
            item.change("any status from 200 to 399 is healthy")
        }
        if let method = monitor.text("method"), !method.isEmpty, method != "GET" {
            item.change("it asks with GET, not \(method)")
        }
        if let body = monitor.text("expected_body"), !body.isEmpty { item.change("the body is not looked at") }
        if let retries = monitor.number("retries"), retries > 0 {
            item.change(
                "an origin is down after \(health.unhealthy) failures in a row, without \(retries) quick retries")
        }
        if monitor.flag("follow_redirects") == true { item.change("redirects are not followed; they count as healthy") }
        if monitor.number("port").map({ $0 > 0 && $0 != 80 && $0 != 443 }) == true {
            item.change("the port is the endpoint's own, not \(monitor.number("port") ?? 0)")
        }
        if (monitor["header"]?.asMembers ?? []).contains(where: { $0.key.lowercased() != "host" }) {
            item.change("headers other than Host are left out")
        }
        return health
    }
}
