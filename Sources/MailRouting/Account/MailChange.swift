package import EdgeModel
internal import EdgePlan

/// What an entry of the mail journal changed, with both sides, so that it can be shown and put back.
package enum MailChange: Hashable, Sendable, Codable {
    /// Versions of a domain's rules in force; nil: none.
    case rules(domain: String, from: Int?, to: Int?)
    /// A domain was switched on or off.
    case domain(String, isOn: Bool)
    /// A destination made or removed; with it the entries that took it out of the rules.
    case destination(before: MailDestination?, after: MailDestination?, withdrawals: [Int])
    /// A worker made, changed or removed.
    case worker(before: MailWorker?, after: MailWorker?)

    /// What its entries are chained under: a domain, which always has a dot, or one of two words.
    package var stream: String {
        switch self {
        case .rules(let domain, _, _), .domain(let domain, _): domain
        case .destination: "destinations"
        case .worker: "workers"
        }
    }

    /// The change that puts everything back, but for the rules that went with a destination.
    package var inverse: MailChange {
        switch self {
        case .rules(let domain, let from, let to): .rules(domain: domain, from: to, to: from)
        case .domain(let name, let isOn): .domain(name, isOn: !isOn)
        case .destination(let before, let after, _): .destination(before: after, after: before, withdrawals: [])
        case .worker(let before, let after): .worker(before: after, after: before)
        }
    }

    /// Whether two changes concern the same thing, so that reversing one would undo part of the other.
    package func touchesSame(as other: MailChange) -> Bool {
        switch (self, other) {
        case (.rules(let a, _, _), .rules(let b, _, _)), (.domain(let a, _), .domain(let b, _)): a == b
        case (.destination(let a, let b, _), .destination(let c, let d, _)):
            (a ?? b)?.address.folded == (c ?? d)?.address.folded
        case (.worker(let a, let b), .worker(let c, let d)): (a ?? b)?.name == (c ?? d)?.name
        default: false
        }
    }

    /// `example.com@1 → example.com@2`
    package var sentence: String {
        func verb(_ before: Bool, _ after: Bool) -> String { before ? after ? "changed" : "removed" : "added" }
        switch self {
        case .rules(let domain, let from, let to):
            return [from, to].map { $0.map { "\(domain)@\($0)" } ?? "no rules" }.joined(separator: " → ")
        case .domain(let name, let isOn): return "\(name) switched \(isOn ? "on" : "off")"
        case .destination(let before, let after, _):
            let address = (after ?? before)?.address.description ?? ""
            return "destination \(address) \(verb(before != nil, after != nil))"
        case .worker(let before, let after):
            return "worker \((after ?? before)?.name.rawValue ?? "") \(verb(before != nil, after != nil))"
        }
    }

    /// What the chain's digest is made of; versions of rules stand in members of their own.
    package var document: DocumentValue? {
        switch self {
        case .rules: nil
        case .domain(let name, let isOn): .object(["domain": .string(name), "on": .bool(isOn)])
        case .destination(let before, let after, let withdrawals):
            .object([
                "before": before?.journalDocument, "after": after?.journalDocument,
                "withdrawals": .array(withdrawals.map { .int($0) }),
            ])
        case .worker(let before, let after):
            .object(["before": before?.journalDocument, "after": after?.journalDocument])
        }
    }
}

extension MailDestination {
    fileprivate var journalDocument: DocumentValue {
        .object([
            "address": .string(address.description), "verified_at": verifiedAt.map { .string($0.description) },
            "code": codeDigest.map { .string($0.rawValue) },
            "code_expires": codeExpires.map { .string($0.description) },
            "failed_tries": .int(failedTries), "created_at": .string(createdAt.description), "author": .string(author),
        ])
    }
}

extension MailWorker {
    fileprivate var journalDocument: DocumentValue {
        let place: DocumentValue =
            switch target {
            case .webhook(let url, let secret):
                .object(["webhook": .string(url), "secret": secret.map { .string($0) }])
            case .program(let path, let arguments):
                .object(["program": .string(path), "arguments": .array(arguments.map { .string($0) })])
            }
        let policy: DocumentValue =
            switch onFailure {
            case .defer: .string("defer")
            case .forward(let to): .array(to.map { .string($0.description) })
            case .reject(let text): .object(["reject": .string(text)])
            }
        return .object([
            "name": .string(name.rawValue), "target": place, "time_limit": .int(timeLimit), "on_failure": policy,
            "description": .string(description), "created_at": .string(createdAt.description),
            "updated_at": .string(updatedAt.description), "author": .string(author),
        ])
    }
}
