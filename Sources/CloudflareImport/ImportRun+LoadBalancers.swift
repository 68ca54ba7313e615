internal import EdgeModel
internal import EdgePlan

/// Load balancers, their pools and monitors: an origin for each proxied balancer, its pools one after the other; pools
/// that no balancer of the zone uses become origins that wait for a rule.
extension ImportRun {
    mutating func importLoadBalancers() -> [ImportItem] {
        let pools = export.list(.pool)
        let monitors = export.list(.monitor)
        var poolItems = pools.map { ImportItem(.pool, Self.name($0.value), at: $0.place) }
        var monitorItems = monitors.map { ImportItem(.monitor, Self.name($0.value), at: $0.place) }
        var checks: [String: (index: Int, health: Origin.Health)] = [:]
        for (index, monitor) in monitors.enumerated() {
            guard let id = monitor.value.text("id") else { continue }
            if let health = Self.health(of: monitor.value, &monitorItems[index]) { checks[id] = (index, health) }
        }
        var parts: [String: PoolPart] = [:]
        var places: [String: Int] = [:]
        for (index, pool) in pools.enumerated() {
            let part = part(pool.value, &poolItems[index])
            if let id = pool.value.text("id") {
                parts[id] = part
                places[id] = index
            }
        }

        var balancerItems: [ImportItem] = []
        var used: Set<String> = []
        var checked: Set<Int> = []
        for balancer in export.list(.loadBalancer) {
            var item = ImportItem(.loadBalancer, Self.name(balancer.value), at: balancer.place)
            if let (host, origin, ids) = origin(of: balancer.value, parts, &item) {
                let name = finish(origin, ids.compactMap { parts[$0]?.monitor }, checks, &item, &checked, &monitorItems)
                groups.append(HostGroup(hosts: [host], origin: name))
                item.becomes = ["host \(host) at origin \(name)"]
                for id in ids {
                    used.insert(id)
                    if let index = places[id] {
                        poolItems[index].becomes.append("endpoints of origin \(name)")
                    }
                }
            } else {
                item.source = balancer.value
            }
            balancerItems.append(item)
        }
        for (index, pool) in pools.enumerated() where !used.contains(pool.value.text("id") ?? "") {
            guard let id = pool.value.text("id"), let part = parts[id], !part.endpoints.isEmpty else {
                if poolItems[index].outcome != .notExpressible {
                    poolItems[index].refuse("it has no origin that is enabled and can be reached")
                }
                poolItems[index].source = pool.value
                continue
            }
            var origin = Origin(name: Self.name(pool.value), endpoints: part.endpoints)
            origin.hostHeader = part.hostHeader
            let name = finish(
                origin, [part.monitor].compactMap { $0 }, checks, &poolItems[index], &checked, &monitorItems)
            poolItems[index].becomes.append("origin \(name), which no load balancer uses")
        }
        for index in monitors.indices where monitorItems[index].becomes.isEmpty {
            if monitorItems[index].outcome != .notExpressible {
                monitorItems[index].refuse("no imported pool uses it", do: "nothing, unless a pool is missing")
            }
            monitorItems[index].source = monitors[index].value
        }
        return balancerItems + poolItems + monitorItems
    }

    private static func name(_ value: DocumentValue) -> String {
        for key in ["name", "description", "id"] {
            if let text = value.text(key), !text.isEmpty { return text }
        }
        return "unnamed"
    }

    // MARK: load balancers

    private func origin(
        of balancer: DocumentValue, _ parts: [String: PoolPart], _ item: inout ImportItem
    ) -> (host: String, origin: Origin, pools: [String])? {
        guard let host = Self.host(balancer), host == zone || host.hasSuffix("." + zone) else {
            item.refuse("its name is no host of \(zone)")
            return nil
        }
        guard balancer.flag("enabled") ?? true else {
            item.refuse("it is disabled there", do: "nothing, unless it is to come back")
            return nil
        }
        guard balancer.flag("proxied") == true else {
            item.refuse(
                "it is DNS only: none of its traffic passes the edge", do: "keep it, or add the host and its origin")
            return nil
        }
        var ids = balancer.texts("default_pools")
        if let last = balancer.text("fallback_pool"), !ids.contains(last) { ids.append(last) }
        let missing = ids.filter { parts[$0] == nil }
        if !missing.isEmpty {
            item.change("\(missing.count) of its pools are not in the export: \(missing.joined(separator: ", "))")
        }
        var origin = Origin(name: host, endpoints: [])
        var priority = 0
        var taken: [String] = []
        let policy = balancer.text("steering_policy") ?? ""
        for id in ids {
            guard let part = parts[id], part.isEnabled, !part.endpoints.isEmpty, !taken.contains(id) else { continue }
            taken.append(id)
            guard priority <= 15 else {
                item.change("pools after the sixteenth are left out")
                break
            }
            for var endpoint in part.endpoints {
                endpoint.priority = policy == "random" ? 0 : priority
                origin.endpoints.append(endpoint)
            }
            if policy != "random" { priority += 1 }
            if let header = part.hostHeader {
                if let other = origin.hostHeader, other != header {
                    item.change("its pools ask for several Host headers; all get \(other)")
                } else {
                    origin.hostHeader = header
                }
            }
        }
        guard !origin.endpoints.isEmpty else {
            item.refuse("none of its pools has an origin that can be reached", do: "export its pools along with it")
            return nil
        }
        tellSteering(balancer, policy, &item)
        return (host, origin, taken)
    }

    private func tellSteering(_ balancer: DocumentValue, _ policy: String, _ item: inout ImportItem) {
        switch policy {
        case "", "off": break
        case "random": item.change("traffic is shared by the origins' weights; weights of pools are left out")
        default: item.change("pools are used in the order of default_pools, not by '\(policy)'")
        }
        for key in ["region_pools", "pop_pools", "country_pools"] where balancer[key]?.asMembers?.isEmpty == false {
            item.change("\(key) are left out: every place uses the default pools")
        }
        if let affinity = balancer.text("session_affinity"), affinity != "none", !affinity.isEmpty {
            item.change("sessions do not stick to an origin (session_affinity: \(affinity))")
        }
        if let rules = balancer.list("rules"), !rules.isEmpty {
            item.change("its rules (\(rules.count)) are left out: write them as rules of http_request_origin")
        }
    }

    /// Adds the origin with TLS and the health check of the first monitor.
    private mutating func finish(
        _ origin: Origin, _ monitors: [String], _ checks: [String: (index: Int, health: Origin.Health)],
        _ item: inout ImportItem, _ used: inout Set<Int>, _ monitorItems: inout [ImportItem]
    ) -> String {
        var origin = origin
        let known = monitors.compactMap { checks[$0] }
        let host = HostName.isValid(origin.name, wildcard: false) && origin.name.contains(".") ? origin.name : zone
        if let first = known.first {
            origin.health = first.health
            if Set(known.map(\.index)).count > 1 { item.change("its pools have several monitors; the first is used") }
        }
        let name = add(origin, tls: mode.tls(origin.hostHeader ?? host))
        if let first = known.first, used.insert(first.index).inserted {
            monitorItems[first.index].becomes.append("health check of origin \(name)")
        }
        return name
    }
}
