package import EdgePlan

extension EdgePlan {
    /// Digest of what one network serves; what nodes accept and deployments wait for. Origins are part of it: each zone
    /// names those it uses, and a name holds the digest of what it stands for.
    package func digest(of network: Network) -> Digest {
        let digests = NetworkDigests(self)
        return network == .production ? digests.production : digests.lower
    }
}

extension NetworkDigests {
    package init(_ plan: EdgePlan) {
        self = EdgeLeaves(plan).digests(account: plan.account, addresses: plan.lower.addresses)
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
