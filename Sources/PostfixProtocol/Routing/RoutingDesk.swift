package import EdgeModel
package import MailRouting

/// The plan in force with what the answers to Postfix need besides: a value that is swapped whole.
package struct RoutingDesk: Sendable {
    package let plan: MailPlan
    /// Nil where senders are never rewritten.
    package let srs: SRS?
    package let workers: [ResourceName: MailWorker]
    /// Destinations that may get mail, folded: all that a worker may choose.
    package let verified: Set<MailAddress>
    /// When this became the plan in force.
    package let since: Timestamp

    package init(
        plan: MailPlan, srs: SRS?, workers: [ResourceName: MailWorker] = [:], verified: Set<MailAddress> = [],
        since: Timestamp
    ) {
        self.plan = plan
        self.srs = srs
        self.workers = workers
        self.verified = verified
        self.since = since
    }

    /// Whether every message on the way was expanded by this plan. Until then the milter says of each recipient what
    /// becomes of it: the alias map may have been asked while another plan was in force, which knew less of it.
    package func isSettled(at now: Timestamp) -> Bool { now >= since.advanced(byMilliseconds: Self.longestSession) }

    /// `smtpd_timeout`: longer than that no client is silent between a recipient and the message.
    private static let longestSession: Int64 = 300_000

    /// What a recipient needs beyond what the alias map answers by itself.
    package enum Need: Sendable, Hashable {
        /// Nothing: the alias map says the same.
        case nothing
        /// The milter puts the decision, which depends on the envelope, in the recipient's place.
        case replacement
        /// Only the content decides, or a worker.
        case content
    }

    package func need(_ decision: MailDecision, of recipient: MailAddress, at now: Timestamp) -> Need {
        if decision.wantsContent { return .content }
        switch decision.outcome {
        case .worker, .needsContent: return .content
        case .forward(let addresses):
            let isSame = plan.expansion(of: recipient, at: now) == .addresses(addresses)
            return isSame && decision.tags.isEmpty ? .nothing : .replacement
        case .drop:
            let expansion = plan.expansion(of: recipient, at: now)
            if case .reserved(let address) = expansion, address.kind == .drop, address.ref == decision.rule {
                return .nothing
            }
            return .replacement
        case .reject, .deferral, .unknownUser, .foreignDomain: return .nothing
        }
    }

    // MARK: maps

    /// Names of the maps that ``answer(_:at:)`` knows.
    package enum Map: String, CaseIterable, Sendable {
        case alias
        case transport
        case srsForward = "srs-forward"
        case srsReverse = "srs-reverse"
    }

    package func answer(_ request: SocketmapRequest, at now: Timestamp) -> SocketmapReply {
        switch Map(rawValue: request.map) {
        case .alias: alias(request.key, at: now)
        case .transport: transport(request.key)
        case .srsForward: rewritten(request.key, at: now)
        case .srsReverse: returned(request.key, at: now) ?? .notFound
        case nil: .temporary("there is no map '\(request.map)'")
        }
    }

    private func alias(_ key: String, at now: Timestamp) -> SocketmapReply {
        if let decided = DecidedAddress(key) {
            return decided.destination.map { .found($0.description) } ?? .notFound
        }
        if let returned = returned(key, at: now) { return returned }
        guard let address = MailAddress(key) else { return isOwn(key) ? .found(Self.gone) : .notFound }
        switch plan.expansion(of: address, at: now) {
        case .foreign: return .notFound
        case .addresses(let addresses): return .found(addresses.map(\.description).joined(separator: ", "))
        case .reserved(let reserved): return .found(reserved.address.description)
        }
    }

    private static let gone = "none@gone.invalid"

    private func transport(_ key: String) -> SocketmapReply {
        guard let (local, domain) = MailText.halves(of: key) else { return .notFound }
        // Its local part may be longer than an address of ours can be.
        if domain == DecidedAddress.drop { return .found("discard:\(local)") }
        guard let address = MailAddress(key) else { return .notFound }
        switch plan.transport(for: address) {
        case .discard(let text): return .found("discard:\(text)")
        case .retry(let text): return .found("retry:\(text)")
        case .error(let text): return .found("error:\(text)")
        case .ordinary: return .notFound
        }
    }

    /// Whether the text ends in a domain of ours, address or not.
    package func isOwn(_ key: String) -> Bool {
        MailText.halves(of: key).map { plan.domain($0.domain.lowercased()) != nil } ?? false
    }

    // MARK: sender rewriting

    static func day(_ now: Timestamp) -> Int { Int(now.milliseconds / 86_400_000) }

    /// A sender as it goes out with mail of an own domain; nil when it stays.
    package func rewritten(sender: MailAddress, for domain: String, at now: Timestamp) -> String? {
        guard let srs, plan.domain(sender.domain) == nil, plan.domain(domain)?.ruleset.senderRewriting == true else {
            return nil
        }
        let local = srs.forward(local: sender.local, domain: sender.domain, day: Self.day(now))
        return Self.path(local, domain)
    }

    /// For the map: only where every own domain rewrites, as the map is not told whose mail it is.
    private func rewritten(_ key: String, at now: Timestamp) -> SocketmapReply {
        let domains = plan.domains.values.map(\.ruleset)
        guard let sender = MailAddress(key), domains.allSatisfy(\.senderRewriting),
            let first = domains.map(\.domain).min(), let text = rewritten(sender: sender, for: first, at: now)
        else { return .notFound }
        return .found(text)
    }

    /// Whom mail to a rewritten address of ours belongs to: found, or a refusal of what is forged or old; nil for any
    /// other address.
    package func returned(_ key: String, at now: Timestamp) -> SocketmapReply? {
        // Nearly every address is none: whether the first letter is an S, quoted or not, is asked before all else.
        let first = key.utf8.first { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") } ?? 0
        guard first | 0x20 == UInt8(ascii: "s"), isOwn(key), let (quoted, _) = MailText.halves(of: key) else {
            return nil
        }
        let local = Self.unquoted(quoted)
        guard SRS.isRewritten(local) else { return nil }
        guard let srs else { return .found(Self.gone) }
        guard let found = try? srs.reverse(local: local, day: Self.day(now)) else {
            return .found(Self.gone)
        }
        // The hash proves that these were written by us, but not that they still are an address.
        guard let address = MailAddress(local: found.local, domain: found.domain),
            plan.domain(address.domain) == nil
        else { return .found(Self.gone) }
        return .found(address.description)
    }

    /// Whether mail to a rewritten address is taken; nil for any other address.
    package func isReturnable(_ key: String, at now: Timestamp) -> Bool? {
        returned(key, at: now).map { $0 != .found(Self.gone) }
    }

    private static func path(_ local: String, _ domain: String) -> String {
        MailAddress(local: local, domain: domain)?.description ?? quoted(local) + "@" + domain
    }

    /// Rewritten local parts may be longer than the 64 bytes of RFC 5321, which every host is known to take.
    private static func quoted(_ local: String) -> String {
        let isPlain = local.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "!#$%&'*+-/=?^_`{|}~.".utf8.contains(byte)
        }
        if isPlain { return local }
        return "\"" + local.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] } + "\""
    }

    private static func unquoted(_ local: Substring) -> String {
        guard local.first == "\"", local.last == "\"", local.count >= 2 else { return String(local) }
        var text = ""
        var isEscaped = false
        for character in local.dropFirst().dropLast() {
            if !isEscaped, character == "\\" {
                isEscaped = true
            } else {
                text.append(character)
                isEscaped = false
            }
        }
        return text
    }
}
