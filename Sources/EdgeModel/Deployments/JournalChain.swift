package import EdgePlan

extension Deployment {
    /// Digest of everything in the entry but its own head; contains the head before it.
    package var computedHead: Digest { Digest.sha256(of: chainDocument.sorted.json()) }

    private var chainDocument: DocumentValue {
        .object([
            "id": .int(id), "stream": .string(stream.rawValue), "sequence": .int(sequence),
            "kind": .string(kind.rawValue), "change": change.document, "at": .string(at.description),
            "actor": actor.document, "reason": reason.map { .string($0) },
            "plan": planChecksum.map { .string($0.rawValue) }, "production": production.map { .string($0.rawValue) },
            "lower": lower.map { .string($0.rawValue) },
            "evidence": .object(evidence.map { DocumentMember($0.key, .string($0.value)) }),
            "undoes": undoes.map { .int($0) }, "previous": previousHead.map { .string($0.rawValue) },
        ])
    }
}

extension AuditEntry {
    /// Digest of everything in the entry but its own head; contains the head before it.
    package var computedHead: Digest {
        let document: DocumentValue = .object([
            "sequence": .int(sequence), "at": .string(at.description), "actor": actor.document,
            "action": .string(action), "resource": .string(resource), "summary": .string(summary),
            "reason": reason.map { .string($0) }, "previous": previousHead.map { .string($0.rawValue) },
        ])
        return Digest.sha256(of: document.sorted.json())
    }
}

extension Actor {
    package var document: DocumentValue {
        .object([
            "name": .string(name), "uid": .int(uid), "sudo_user": sudoUser.map { .string($0) },
            "ssh_client": sshClient.map { .string($0) }, "claimed": claimed.map { .string($0) },
        ])
    }
}

extension Change {
    package var document: DocumentValue {
        switch self {
        case .assignment(let application, let environment, let from, let to):
            .object([
                "application": .string(application.rawValue), "environment": .string(environment.rawValue),
                "from": from.map { .int($0) }, "to": to.map { .int($0) },
            ])
        case .routing(let before, let after):
            .object(["before": .array(before.map(\.document)), "after": .array(after.map(\.document))])
        case .zone(let name, let before, let after):
            .object(["zone": .string(name), "before": before?.document, "after": after?.document])
        case .environment(let before, let after):
            .object(["before": before?.document, "after": after?.document])
        case .settings(let before, let after):
            .object(["before": before.document, "after": after.document])
        case .reservation(let address, let before, let after):
            .object(["address": .string(address), "before": before?.document, "after": after?.document])
        case .list(let change): change.document
        }
    }
}

extension EdgeSettings {
    package var document: DocumentValue {
        .object([
            "country_header": countryHeader.map { .string($0) },
            "trusted_peers": .array(trustedPeers.map { .string($0) }),
        ])
    }
}

extension ZoneState {
    package var document: DocumentValue {
        .object([
            "id": .int(id.rawValue), "hosts": .array(hosts.map { .string($0) }), "tls": tls?.document,
            "digest": .string(digest.rawValue), "configuration": .string(configuration),
        ])
    }
}

extension RoutingRule {
    package var document: DocumentValue {
        .object([
            "name": .string(name.rawValue), "expression": .string(expression),
            "application": .string(application.rawValue), "pinned": pinned.map { .int($0) }, "enabled": .bool(enabled),
            "description": description.isEmpty ? nil : .string(description),
        ])
    }
}

extension Environment {
    package var document: DocumentValue {
        .object([
            "name": .string(name.rawValue), "rank": .int(rank), "filter": filter.map { .string($0) },
            "staging_addresses": .array(stagingAddresses.map { .string($0) }), "lock_on_deploy": .bool(lockOnDeploy),
        ])
    }
}

/// Checks hash chains: edit, removal, reordering and truncation each leave a trace.
package enum JournalCheck {
    /// Findings over the whole journal, entries ascending by id.
    package static func findings(in deployments: [Deployment]) -> [Finding] {
        var findings: [Finding] = []
        var streams: [ResourceName: (sequence: Int, head: Digest)] = [:]
        var expected = 1
        for entry in deployments {
            let place = "journal \(entry.stream) #\(entry.sequence) (deployment \(entry.id))"
            if entry.id != expected {
                findings.append(Finding(.error, "journal-gap", at: place, "deployment \(expected) is missing"))
            }
            expected = entry.id + 1
            let before = streams[entry.stream]
            if entry.sequence != (before?.sequence ?? 0) + 1 || entry.previousHead != before?.head {
                findings.append(
                    Finding(.error, "journal-broken-link", at: place, "it does not follow the entry before it"))
            }
            if entry.computedHead != entry.head {
                findings.append(Finding(.error, "journal-edited", at: place, "its content does not match its digest"))
            }
            streams[entry.stream] = (entry.sequence, entry.head)
        }
        return findings
    }

    package static func findings(in entries: [AuditEntry]) -> [Finding] {
        var findings: [Finding] = []
        var last: AuditEntry?
        for entry in entries {
            let place = "audit #\(entry.sequence)"
            if entry.sequence != (last?.sequence ?? 0) + 1 {
                findings.append(Finding(.error, "audit-gap", at: place, "an entry before it is missing"))
            }
            if entry.previousHead != last?.head {
                findings.append(
                    Finding(.error, "audit-broken-link", at: place, "it does not follow the entry before it"))
            }
            if entry.computedHead != entry.head {
                findings.append(Finding(.error, "audit-edited", at: place, "its content does not match its digest"))
            }
            last = entry
        }
        return findings
    }
}
