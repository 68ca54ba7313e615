internal import ControlPlane
internal import EdgeModel
internal import MailRouting

/// What the screens of mail are made of, read when somebody looks at one: the content of their places.
struct MailPicture: Sendable {
    var domains: [MailDomainSummary] = []
    var counters: [MailRuleCounters] = []
    var destinations: [MailDestinationSummary] = []
    var workers: [MailWorker] = []
    /// Newest first, at most ``longest``.
    var activity: [MailActivity] = []
    /// Rules of the domain that is looked at; nil: it has none yet.
    var rules: MailRulesetContent?

    /// Each message is a question to the store; the command line shows all.
    static let longest = 500

    /// The one that a place shows; nil: it is still being read.
    init?(_ content: Content?) {
        guard case .added(let value)? = content, let picture = value as? MailPicture else { return nil }
        self = picture
    }

    /// - Parameter place: a domain as its item: its rules, those in force before the draft.
    init(_ plane: ControlPlane, _ place: Place) throws {
        guard let store = plane.store as? any MailStore else {
            throw Problem(at: "email", "this state keeps no mail", remedy: "signalbox state check")
        }
        let mail = MailControl(store: store, plane: plane)
        domains = try mail.domains()
        counters = try store.mailLedger.counters(domain: nil)
        destinations = try mail.destinations()
        workers = try mail.workers()
        var filter = MailActivityFilter(limit: Self.longest)
        if case .added(MailRulesScreen.word, let domain?) = place {
            filter.domain = domain
            let summary = try mail.domain(named: domain)
            if let version = summary.live ?? summary.draft {
                rules = try mail.ruleset(MailVersionReference(domain: domain, selector: .number(version.number)))
            }
        }
        activity = try store.mailLedger.activity(filter)
    }

    /// For a row of the table of screens.
    static func read(_ plane: ControlPlane, _ place: Place) throws -> Content { .added(try MailPicture(plane, place)) }

    /// Whether older mail of the last hour may be missing.
    func isCut(at now: Timestamp) -> Bool {
        guard activity.count >= Self.longest, let oldest = activity.last else { return false }
        return oldest.at > now.advanced(byMilliseconds: -MailHour.length)
    }
}

/// What became of mail in the last hour.
struct MailHour: Sendable {
    static let length: Int64 = 3_600_000
    /// Pieces of five minutes.
    static let pieces = 12

    var matched = 0
    var forwarded = 0
    var failed = 0
    /// Messages in each piece, oldest first.
    var counts = [Int](repeating: 0, count: Self.pieces)

    init(_ activity: some Sequence<MailActivity>, at now: Timestamp) {
        for one in activity {
            let age = max(0, now.milliseconds - one.at.milliseconds)
            guard age < Self.length else { continue }
            counts[Self.pieces - 1 - Int(age * Int64(Self.pieces) / Self.length)] += 1
            if one.decided?.rule != nil { matched += 1 }
            if one.decided?.outcome == .forward || !one.deliveries.isEmpty { forwarded += 1 }
            if one.isFailed { failed += 1 }
        }
    }
}

extension MailActivity {
    /// Whether something went wrong that was not meant: a refusal by a rule is meant.
    var isFailed: Bool {
        deliveries.contains { $0.status.isFailure } || workers.contains { $0.failure != nil }
    }
}

extension MailDelivery.Status {
    var isFailure: Bool {
        switch self {
        case .deferred, .bounced, .expired: true
        case .delivered, .dropped: false
        }
    }
}
