package import EdgePlan

extension Configuration {
    /// As people write it: defaults left out, settings and parameters in the author's order.
    package var document: DocumentValue { document(canonical: false) }

    /// What is hashed and stored: keys sorted, expressions in canonical notation, defaults of parameters left out.
    package var canonicalDocument: DocumentValue { document(canonical: true).sorted }

    private func document(canonical: Bool) -> DocumentValue {
        .object([
            "origins": origins.isEmpty
                ? nil : .object(origins.map { DocumentMember($0.name, $0.document) }),
            "settings": settings.isEmpty ? nil : .object(settings),
            "rules": rules.isEmpty
                ? nil
                : .object(
                    Phase.allCases.compactMap { phase in
                        rules[phase].map { rules in
                            DocumentMember(
                                phase.rawValue, .array(rules.map { $0.document(in: phase, canonical: canonical) }))
                        }
                    }),
        ])
    }
}

extension Rule {
    func document(in phase: Phase, canonical: Bool) -> DocumentValue {
        .object([
            "ref": .string(ref),
            "expression": .string(canonical ? ExpressionCheck.canonical(expression) : expression),
            "action": .string(action),
            "action_parameters": canonical ? RuleAction.canonicalParameters(of: self, in: phase) : parameters,
            "ratelimit": canonical ? RuleAction.canonicalRateLimit(of: self, in: phase) : rateLimit,
            "description": description.map { .string($0) },
            "enabled": enabled ? nil : .bool(false),
        ])
    }
}

extension Origin {
    package var document: DocumentValue {
        let standard = Origin(name: name, endpoints: [])
        return .object([
            "endpoints": .array(endpoints.map(\.document)),
            "tls": tls.map { tls in
                .object([
                    "server_name": .string(tls.serverName),
                    "verify": tls.verify ? nil : .bool(false),
                    "authorities": tls.authorities.map { .string($0) },
                ])
            },
            "health": health.map { health in
                let plain = Health(path: health.path)
                return .object([
                    "path": .string(health.path),
                    "host": health.host.map { .string($0) },
                    "interval": Self.duration(health.interval, unless: plain.interval),
                    "timeout": Self.duration(health.timeout, unless: plain.timeout),
                    "unhealthy": health.unhealthy == plain.unhealthy ? nil : .int(health.unhealthy),
                    "healthy": health.healthy == plain.healthy ? nil : .int(health.healthy),
                ])
            },
            "retries": retries.map { retries in
                .object([
                    "attempts": .int(retries.attempts),
                    "per_try_timeout": Self.duration(retries.perTryTimeout, unless: 0),
                ])
            },
            "connect_timeout": Self.duration(connectTimeout, unless: standard.connectTimeout),
            "response_timeout": Self.duration(responseTimeout, unless: standard.responseTimeout),
            "host_header": hostHeader.map { .string($0) },
        ])
    }

    private static func duration(_ value: Int, unless standard: Int) -> DocumentValue? {
        value == standard ? nil : .string(DurationText.text(value))
    }
}

extension Origin.Endpoint {
    fileprivate var document: DocumentValue {
        .object([
            "address": .string(address),
            "port": .int(port),
            "weight": weight == 1 ? nil : .int(weight),
            "priority": priority == 0 ? nil : .int(priority),
            "region": region.map { .string($0) },
        ])
    }
}

extension Configuration {
    /// Digest of the canonical form: equal for configurations that differ only in notation, key order or defaults.
    package var digest: Digest { Digest.sha256(of: canonicalDocument.json()) }
}
