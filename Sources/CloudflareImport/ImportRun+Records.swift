internal import EdgeModel
internal import EdgePlan

/// DNS records: proxied ones are hosts of the zone and say which origin answers for them.
extension ImportRun {
    /// CNAMEs that are followed inside the zone.
    private static let mostHops = 8

    mutating func importRecords() -> [ImportItem] {
        let records = export.list(.record)
        let balanced = Set(groups.flatMap(\.hosts))
        let named = Dictionary(grouping: records.filter { Self.isAddress($0.value) }) { Self.host($0.value) ?? "" }
        let proxied = Set(named.filter { $0.value.contains { $0.value.flag("proxied") == true } }.keys)
        var items: [ImportItem] = []
        var targets: [String: [String]] = [:]
        for record in records {
            let type = record.value.text("type") ?? "?"
            let written = record.value.text("name") ?? "?"
            var item = ImportItem(.record, "\(type) \(written)", at: record.place)
            if !Self.isAddress(record.value) {
                item.refuse("\(type) records are DNS only: no HTTP request depends on them", do: Self.keep)
            } else if record.value.flag("proxied") != true {
                item.refuse("it is DNS only: none of its traffic passes the edge", do: Self.keep)
            } else if let host = Self.host(record.value), host == zone || host.hasSuffix("." + zone) {
                if balanced.contains(host) {
                    item.becomes = ["nothing: the load balancer of that name answers for it"]
                } else {
                    switch addresses(of: record.value, named, proxied) {
                    case .success(let found):
                        let kept = targets[host] ?? []
                        targets[host] = kept + found.filter { !kept.contains($0) }
                    case .failure(let problem): item.refuse(problem.why, do: problem.remedy)
                    }
                }
            } else {
                item.refuse("its name is no host of \(zone)")
            }
            if item.outcome == .notExpressible { item.source = record.value }
            items.append(item)
        }
        let made = makeOrigins(targets)
        let serverNames = Dictionary(
            origins.map { ($0.name, $0.tls?.serverName) }, uniquingKeysWith: { first, _ in first })
        for index in items.indices where items[index].outcome == .exact {
            guard items[index].becomes.isEmpty, let host = Self.host(records[index].value), let group = made[host]
            else { continue }
            items[index].becomes = ["host \(host) at origin \(group.origin)"]
            if let name = Self.ownName([records[index].value.text("content") ?? ""]) {
                items[index].change("its origin is asked by its own name, \(name)")
            } else if case let name?? = serverNames[group.origin], name != host {
                items[index].change("the name sent to the origin in the TLS handshake is \(name)")
            }
        }
        return items
    }

    private static let keep = "keep it with your DNS provider"

    private static func isAddress(_ record: DocumentValue) -> Bool {
        ["A", "AAAA", "CNAME"].contains(record.text("type") ?? "")
    }

    static func host(_ record: DocumentValue) -> String? { record.text("name").flatMap { HostName.normalized($0) } }

    private struct Problem: Error {
        var why: String
        var remedy: String?
    }

    /// Where a proxied record leads. Proxied names of the zone are followed: their public addresses are Cloudflare's own.
    private func addresses(
        of record: DocumentValue, _ named: [String: [CloudflareExport.Item]], _ proxied: Set<String>
    ) -> Result<[String], Problem> {
        var found: [String] = []
        var open = [record]
        var seen: Set<String> = []
        while let next = open.popLast() {
            let content = next.text("content") ?? ""
            if HostName.isIPAddress(content) {
                if !found.contains(content), found.count < OriginLimit.endpoints { found.append(content) }
                continue
            }
            guard next.text("type") == "CNAME", let target = HostName.normalized(content, wildcard: false) else {
                return .failure(Problem(why: "'\(content)' is no address", remedy: "give its origin by hand"))
            }
            if target.hasSuffix(".cfargotunnel.com") {
                return .failure(
                    Problem(
                        why: "a Cloudflare Tunnel is reached from Cloudflare only",
                        remedy: "add the host, with an origin that names the address of the service itself"))
            }
            if !proxied.contains(target) {
                if !found.contains(target), found.count < OriginLimit.endpoints { found.append(target) }
            } else if seen.count < Self.mostHops, seen.insert(target).inserted {
                open += (named[target] ?? []).prefix(OriginLimit.endpoints).map(\.value)
            } else {
                return .failure(
                    Problem(why: "its CNAME leads in a circle or too far", remedy: "give its origin by hand"))
            }
        }
        return .success(found)
    }

    /// Hosts with the same addresses share an origin, named by the first of them.
    private mutating func makeOrigins(_ targets: [String: [String]]) -> [String: HostGroup] {
        var hosts: [[String]: [String]] = [:]
        for (host, addresses) in targets where !addresses.isEmpty {
            hosts[addresses.sorted(), default: []].append(host)
        }
        func order(_ host: String) -> (Int, String) {
            (host == zone ? 0 : host.hasPrefix("*.") ? 2 : 1, host)
        }
        let ordered = hosts.map { (addresses: $0.key, hosts: $0.value.sorted { order($0) < order($1) }) }
            .sorted { order($0.hosts[0]) < order($1.hosts[0]) }
        var made: [String: HostGroup] = [:]
        for group in ordered {
            let first = group.hosts[0]
            var origin = Origin(
                name: first,
                endpoints: group.addresses.prefix(OriginLimit.endpoints).map {
                    Origin.Endpoint(address: $0, port: mode.port)
                })
            origin.hostHeader = Self.ownName(group.addresses)
            let name = add(origin, tls: mode.tls(origin.hostHeader ?? (first.hasPrefix("*.") ? zone : first)))
            let entry = HostGroup(hosts: group.hosts, origin: name)
            groups.append(entry)
            for host in group.hosts { made[host] = entry }
        }
        return made
    }

    /// Pages and Workers know a zone's own hosts from inside Cloudflare only; from outside they answer by their own name.
    private static func ownName(_ addresses: [String]) -> String? {
        guard addresses.count == 1, let name = addresses.first,
            name.hasSuffix(".pages.dev") || name.hasSuffix(".workers.dev")
        else { return nil }
        return name
    }

    /// Adds an origin under a name of ours, which it returns.
    mutating func add(_ origin: Origin, tls: Origin.TLS? = nil) -> String {
        var origin = origin
        let base = ImportName.resource(origin.name)
        let name = originNames.claim(base)
        origin.name = name
        if let tls { origin.tls = tls }
        origins.append(origin)
        return name
    }

    // MARK: which origin answers for which host

    mutating func settleDefaultOrigin() {
        let apex = groups.first { $0.hosts.contains(zone) }
        let largest = groups.max { ($0.hosts.count, $1.origin) < ($1.hosts.count, $0.origin) }
        defaultOrigin = (apex ?? largest)?.origin ?? origins.map(\.name).min()
    }

    /// Rules that send hosts to their origins where that is not the default.
    mutating func routeHosts() {
        for host in hostConditions() {
            put(
                Rule(
                    ref: claimRef("host-\(host.name)"), expression: host.condition, action: "route",
                    parameters: .object(["origin": .object(["host": .string(host.origin)])]),
                    description: "DNS: where this host's traffic goes"),
                in: .origin, .host)
        }
    }

    /// What leads to origins other than the default one, in an order in which the last that holds is right: a name takes
    /// precedence over a wildcard, a longer wildcard over a shorter one, as in DNS (RFC 4592 §2.2.1).
    func hostConditions() -> [(name: String, condition: String, origin: String)] {
        let wildcards = groups.flatMap { group in group.hosts.filter { $0.hasPrefix("*.") }.map { ($0, group.origin) } }
            .sorted { ($0.0.utf8.count, $0.0) < ($1.0.utf8.count, $1.0) }
        let isShadowed = wildcards.contains { $0.1 != defaultOrigin }
        var found: [(name: String, condition: String, origin: String)] = []
        for (host, origin) in wildcards where isShadowed {
            found.append((ImportName.resource(host), "http.host wildcard \(ImportName.literal(host))", origin))
        }
        for group in groups where group.origin != defaultOrigin || isShadowed {
            for condition in conditions(group.hosts.filter { !$0.hasPrefix("*.") }) {
                found.append((group.origin, condition, group.origin))
            }
        }
        return found
    }

    /// Expressions that hold for the hosts, each short enough.
    func conditions(_ hosts: [String]) -> [String] {
        var texts: [String] = []
        var names: [String] = []
        var length = 0
        func close() {
            guard !names.isEmpty else { return }
            texts.append(
                names.count == 1 ? "http.host eq \(names[0])" : "http.host in {\(names.joined(separator: " "))}")
            names = []
            length = 0
        }
        for host in hosts.sorted() {
            let literal = ImportName.literal(host)
            if length + literal.utf8.count > 3000 { close() }
            names.append(literal)
            length += literal.utf8.count + 1
        }
        close()
        return texts
    }
}

enum OriginLimit {
    /// Addresses of one origin that are imported.
    static let endpoints = 256
}
