package import EdgePlan

extension EdgePlan {
    /// Digest of what one network serves, origins included; what nodes accept and deployments wait for.
    package func digest(of network: Network) -> Digest { digest(of: network, Self.digest) }

    static func digest(of zone: ZonePlan) -> Digest { Digest.sha256(of: ZonePlanEncoder.encode(zone)) }

    /// - Parameter zoneDigest: gives what `digest(of:)` gives of a zone.
    func digest(of network: Network, _ zoneDigest: (ZonePlan) -> Digest) -> Digest {
        let plan = network == .production ? production : lower
        var text = "account \(account)\n"
        for zone in plan.zones { text += "zone \(zone.name) \(zoneDigest(zone))\n" }
        let used = Set(plan.zones.flatMap { $0.configurations.flatMap(\.originNames) })
        for name in used.sorted() { text += "origin \(name)\n" }
        for entry in certificates {
            text += "certificate \(entry.zone) \(entry.files.certificate) \(entry.files.key)\n"
        }
        for address in plan.addresses { text += "address \(address)\n" }
        return Digest.sha256(of: text)
    }
}

extension NetworkDigests {
    package init(_ plan: EdgePlan) {
        self.init(production: plan.digest(of: .production), lower: plan.digest(of: .lower))
    }
}

extension ConfigurationPlan {
    /// Origins that it may send requests to.
    package var originNames: [String] {
        let routed = phases.flatMap(\.rules).compactMap { rule -> String? in
            if case .route(_, let origin) = rule.action { return origin }
            return nil
        }
        return [defaultOrigin].compactMap { $0 } + routed
    }
}
