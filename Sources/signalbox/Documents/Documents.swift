internal import ControlPlane
internal import EdgeModel
internal import EdgePlan

// The JSON forms of what verbs answer; keys are a promise.

extension Version {
    func document(environments: [ResourceName] = []) -> DocumentValue {
        .object([
            "version": .string(label), "application": .string(application.rawValue), "number": .int(number),
            "id": .int(id.rawValue), "state": .string(state.rawValue), "base": base.map { .int($0) },
            "digest": .string(digest.rawValue), "note": .string(note), "author": .string(author),
            "created_at": .string(createdAt.description), "updated_at": .string(updatedAt.description),
            "tags": .array(tags.map { .string($0.rawValue) }),
            "environments": .array(environments.map { .string($0.rawValue) }),
        ])
    }
}

extension Zone {
    var document: DocumentValue {
        .object([
            "zone": .string(name), "id": .int(id.rawValue), "hosts": .array(hosts.map { .string($0) }),
            "tls": tls?.document, "digest": .string(digest.rawValue), "author": .string(author),
            "created_at": .string(createdAt.description),
            "updated_at": .string(updatedAt.description),
        ])
    }
}

extension ApplicationSummary {
    var document: DocumentValue {
        .object([
            "application": .string(application.name.rawValue), "zone": .string(application.zone),
            "purpose": .string(application.purpose), "latest": latest.map { .string($0.label) },
            "environments": .object(
                assignments.map { DocumentMember($0.environment.rawValue, .string("\($0.application)@\($0.version)")) }),
            "author": .string(application.author), "created_at": .string(application.createdAt.description),
        ])
    }
}

extension EnvironmentSummary {
    var document: DocumentValue {
        guard case .object(let members) = environment.document else { return environment.document }
        let served = assignments.map {
            DocumentMember($0.application.rawValue, .string("\($0.application)@\($0.version)"))
        }
        return .object(members + [DocumentMember("versions", .object(served))])
    }
}

extension EffectiveRule {
    var document: DocumentValue {
        .object([
            "environment": .string(environment.rawValue), "routing_rule": .string(routingRule.rawValue),
            "conditions": .array(conditions.map { .string($0) }), "serves": servedLabel.map { .string($0) },
            "sentence": .string(sentence),
        ])
    }
}

extension Deployment {
    var document: DocumentValue {
        .object([
            "id": .int(id), "stream": .string(stream.rawValue), "sequence": .int(sequence),
            "kind": .string(kind.rawValue),
            "summary": .string(change.sentence), "change": change.document, "at": .string(at.description),
            "actor": actor.document, "reason": reason.map { .string($0) },
            "plan": planChecksum.map { .string($0.rawValue) }, "production": production.map { .string($0.rawValue) },
            "lower": lower.map { .string($0.rawValue) },
            "evidence": .object(evidence.map { DocumentMember($0.key, .string($0.value)) }.sorted { $0.key < $1.key }),
            "undoes": undoes.map { .int($0) }, "previous_head": previousHead.map { .string($0.rawValue) },
            "head": .string(head.rawValue),
        ])
    }
}

extension HistoryRow {
    var document: DocumentValue {
        guard case .object(let members) = deployment.document else { return deployment.document }
        let nodes = acknowledgements.map { acknowledgement in
            DocumentValue.object([
                "node": .string(acknowledgement.node.rawValue), "at": .string(acknowledgement.at.description),
            ])
        }
        return .object(members + [DocumentMember("acknowledgements", .array(nodes))])
    }
}

extension Actor {
    /// All that is known of who did it: `ci (claimed; really root, uid 0, sudo by ada, from 192.0.2.7)`. What `--as` said
    /// is a claim; name and uid are the kernel's; the rest is what sudo and sshd put into the environment.
    var told: String {
        let facts = [sudoUser.map { "sudo by \($0)" }, sshClient.map { "from \($0)" }].compactMap(\.self)
        guard let claimed else { return "\(name) (" + (["uid \(uid)"] + facts).joined(separator: ", ") + ")" }
        return "\(claimed) (claimed; really " + (["\(name)", "uid \(uid)"] + facts).joined(separator: ", ") + ")"
    }
}

extension AuditEntry {
    var document: DocumentValue {
        .object([
            "sequence": .int(sequence), "at": .string(at.description), "actor": actor.document,
            "action": .string(action), "resource": .string(resource), "summary": .string(summary),
            "reason": reason.map { .string($0) }, "previous_head": previousHead.map { .string($0.rawValue) },
            "head": .string(head.rawValue),
        ])
    }
}

extension StagingAddress {
    var document: DocumentValue {
        .object([
            "address": .string(address), "environment": .string(environment.rawValue),
            "versions": .array(versions.map { .string($0) }), "reservation": reservation?.document,
        ])
    }
}

extension NodeRow {
    func document(at now: Timestamp) -> DocumentValue {
        .object([
            "node": .string(node.name.rawValue), "region": .string(node.region),
            "live": .bool(status?.isLive(at: now) ?? false),
            "expired": .bool(status?.isExpired(at: now) ?? false),
            "last_seen": status?.lastSeen.map { .string($0.description) },
            "unauthorized_at": status?.lastUnauthorized.map { .string($0.description) },
            "production": status?.plan(of: .production).map { .string($0.rawValue) },
            "lower": status?.plan(of: .lower).map { .string($0.rawValue) },
            "restarts": status.map { .int($0.restarts) },
            "resident_bytes": status?.residentBytes.map { .int($0) },
            "clock_offset_ms": status?.clockOffset.map { .int(Int($0)) },
            "warming_clusters": status?.warmingClusters.map { .int($0) },
            "envoy": status?.description?.envoyVersion.map { .string($0) },
            "module": status?.description?.moduleVersion.map { .string($0) },
            "listen": status?.description.map { .array($0.listen.map { .string($0.description) }) },
            "staging": status?.description.map { .array($0.staging.map { .string($0.description) }) },
            "load_balancers": status?.description?.loadBalancers.map { .array($0.map { .string($0) }) },
            "certificates": status?.certificates.map { .array($0.map(\.document)) },
            "refusal": status?.lastRefusal.map(\.document),
            "holds": (status?.holds).flatMap { $0.isEmpty ? nil : .array($0.map(\.document)) },
            "ahead": status?.ahead.map { .string($0.description) },
            "created_at": .string(node.createdAt.description), "author": .string(node.author),
        ])
    }
}

extension NodeStatus.Refusal {
    var document: DocumentValue {
        .object([
            "resource": .string(kind.rawValue), "version": .string(version),
            "plan": plan.map { .string($0.rawValue) }, "at": .string(at.description),
            "reason": reason.map { .string($0) },
        ])
    }
}

extension CertificateInspection {
    var document: DocumentValue {
        .object([
            "certificate": .string(files.certificate), "key": .string(files.key),
            "names": facts.map { .array($0.names.map { .string($0) }) },
            "not_after": facts.map { .string($0.notAfter.description) },
            "problem": problem.map { .string("\($0.file): \($0.message)") },
        ])
    }
}

extension FleetHold {
    var document: DocumentValue {
        .object([
            "network": .string(network.rawValue), "plan": .string(plan.rawValue), "cause": .string(cause.rawValue),
            "at": .string(at.description), "after_ms": .int(Int(after)),
        ])
    }
}
