internal import EdgeModel
package import MailRouting

/// The operations of email routing: what console, subcommands and `serve` call; nothing else writes its state.
///
/// Every mutation is one transaction with an audit entry. Rules are edited in the draft of their domain and come into
/// force by promotion; what concerns the whole account (domains on or off, destinations, workers) at once.
package struct MailControl: Sendable {
    package let store: any MailStore
    let plane: ControlPlane
    /// What is wrong with the program of a worker on this machine; nil when nothing is.
    let programProblem: @Sendable (String) -> MailProgramProblem?
    /// Where the program of a worker sends mail on, as far as it can be told from its file.
    let programDestination: @Sendable (String) -> MailAddress?

    /// - Parameters:
    ///   - plane: who acts, the clock and the randomness; its store is not used.
    ///   - programProblem: what is wrong with the file of a worker's program; without it nobody looks.
    ///   - programDestination: where the file of a worker's program says that it sends mail on.
    package init(
        store: any MailStore, plane: ControlPlane,
        programProblem: @escaping @Sendable (String) -> MailProgramProblem? = { _ in nil },
        programDestination: @escaping @Sendable (String) -> MailAddress? = { _ in nil }
    ) {
        self.store = store
        self.plane = plane
        self.programProblem = programProblem
        self.programDestination = programDestination
    }

    var actor: Actor { plane.actor }
    func now() -> Timestamp { plane.now() }

    /// One transaction: runs the body, then appends what it says to the audit. Nothing is kept when anything throws.
    @discardableResult
    func mutate<T>(reason: String? = nil, _ body: (any MailWriting) throws -> (T, [AuditNote])) throws -> T {
        try store.writeMail { tx in
            let (result, notes) = try body(tx)
            for note in notes { try plane.audit(note, reason: reason, in: tx) }
            return result
        }
    }
}

/// What is wrong with the program of a worker, as the end of a sentence that begins with its path.
package enum MailProgramProblem: Hashable, Sendable {
    /// Nobody can run it.
    case unusable(String)
    /// It decides about mail, and does less than it is meant to.
    case incomplete(String)
}

extension Find {
    static func mailDomain(_ name: String, in tx: any MailReading) throws -> MailDomain {
        guard let domain = try tx.mailDomain(named: name) else {
            throw missing(
                "email domain", name, among: try tx.mailDomains().map(\.name), list: "signalbox email domain list")
        }
        return domain
    }

    static func mailDestination(_ address: MailAddress, in tx: any MailReading) throws -> MailDestination {
        guard let destination = try tx.mailDestination(address) else {
            throw missing(
                "email destination", "\(address)", called: "destination",
                among: try tx.mailDestinations().map { "\($0.address)" }, list: "signalbox email destination list")
        }
        return destination
    }

    static func mailWorker(_ name: ResourceName, in tx: any MailReading) throws -> MailWorker {
        guard let worker = try tx.mailWorker(named: name) else {
            throw missing(
                "email worker", name.rawValue, called: "worker", among: try tx.mailWorkers().map(\.name.rawValue),
                list: "signalbox email worker list")
        }
        return worker
    }

    static func mailVersion(_ reference: MailVersionReference, in tx: any MailReading) throws -> MailVersion {
        let domain = try mailDomain(reference.domain, in: tx)
        let versions = try tx.mailVersions(of: domain.name)
        func found(_ version: MailVersion?, _ what: String) throws -> MailVersion {
            guard let version else {
                throw ControlPlaneError(
                    .notFound, at: "email rules \(domain.name)", "there is no \(what) of \(domain.name)",
                    remedy: "signalbox email ruleset list \(domain.name)")
            }
            return version
        }
        let draft = versions.last { $0.state == .draft }
        let live = versions.first { $0.number == domain.live }
        switch reference.selector {
        case .number(let number): return try found(versions.first { $0.number == number }, "version \(number)")
        case .draft: return try found(draft, "draft")
        case .live: return try found(live, "live version")
        case .latest: return try found(versions.last, "version")
        case .before(let back):
            let index = versions.count - 1 - back
            return try found(index >= 0 ? versions[index] : nil, "version \(back) before the latest")
        case .unspecified: return try found(draft ?? live ?? versions.last, "version")
        }
    }
}
