internal import EdgeModel

/// Pools: endpoints with weights. What they have that endpoints of ours have not is told.
extension ImportRun {
    struct PoolPart {
        var endpoints: [Origin.Endpoint] = []
        var hostHeader: String?
        var monitor: String?
        var isEnabled = true
    }

    func part(_ pool: DocumentValue, _ item: inout ImportItem) -> PoolPart {
        var part = PoolPart()
        part.monitor = pool.text("monitor").flatMap { $0.isEmpty ? nil : $0 }
        part.isEnabled = pool.flag("enabled") ?? true
        if !part.isEnabled { item.change("it is disabled there, and no load balancer sends it traffic here either") }
        var weights: [Double] = []
        var headers: Set<String> = []
        for origin in (pool.list("origins") ?? []).prefix(OriginLimit.endpoints) {
            let name = origin.text("name") ?? origin.text("address") ?? "origin"
            guard origin.flag("enabled") ?? true else {
                item.change("its origin \(name) is disabled and left out")
                continue
            }
            let weight = origin["weight"]?.asFraction ?? 1
            guard weight > 0 else {
                item.change("its origin \(name) has weight 0 and is left out")
                continue
            }
            guard let text = origin.text("address"),
                let address = HostName.isIPAddress(text) ? text : HostName.normalized(text, wildcard: false)
            else {
                item.change("its origin \(name) has no address that can be reached, and is left out")
                continue
            }
            if origin["virtual_network_id"]?.asText != nil {
                item.change("its origin \(name) lies in a virtual network: the edge reaches it at its address only")
            }
            let port = origin.number("port").flatMap { (1...65535).contains($0) ? $0 : nil } ?? mode.port
            part.endpoints.append(Origin.Endpoint(address: address, port: port))
            weights.append(min(weight, 1))
            headers.formUnion(Self.hostHeader(origin))
            if (origin["header"]?.asMembers ?? []).contains(where: { $0.key.lowercased() != "host" }) {
                item.change("headers of its origin \(name) other than Host are left out")
            }
        }
        if (pool.list("origins") ?? []).count > OriginLimit.endpoints {
            item.change("only its first \(OriginLimit.endpoints) origins are taken")
        }
        if Set(weights).count > 1 {
            for index in weights.indices {
                part.endpoints[index].weight = max(1, Int((weights[index] * 100).rounded()))
            }
        }
        part.hostHeader = headers.min()
        if headers.count > 1 { item.change("its origins ask for several Host headers; all get \(headers.sorted()[0])") }
        if let policy = pool["origin_steering"]?.text("policy"), policy != "random" {
            item.change("origins are chosen by weight, not by '\(policy)'")
        }
        if let least = pool.number("minimum_origins"), least > 1 {
            item.change("it serves as long as one origin is healthy, not \(least)")
        }
        if let shedding = pool["load_shedding"]?.asMembers,
            shedding.contains(where: { ($0.value.asFraction ?? 0) > 0 })
        {
            item.change("load shedding is not carried out")
        }
        return part
    }

    static func hostHeader(_ value: DocumentValue) -> [String] {
        (value["header"]?.asMembers ?? []).filter { $0.key.lowercased() == "host" }
            .compactMap { $0.value.asList?.first?.asText }
            .filter { HostName.isValid($0, wildcard: false) }
    }
}
