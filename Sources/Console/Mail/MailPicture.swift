internal import ControlPlane
internal import EdgeModel
internal import MailRouting

/// What the screens of mail are made of, read when somebody looks at one: the content of their places.
struct MailPicture: Sendable {
    var domains: [MailDomainSummary] = []
    var counters: [MailRuleCounters] = []
    /// Of the last hour.
    var spans: [MailCounterSpan] = []
    var runs: [MailWorkerFigures] = []
    var destinations: [MailDestinationSummary] = []
    var workers: [MailWorker] = []
    /// Newest first, at most ``longest``.
    var activity: [MailActivity] = []
    /// What drafts change of what is in force, by domain; read for activity.
    var pending: [String: MailRulesetDiff] = [:]
    /// Rules of the domain that is looked at; nil: it has none yet.
    var rules: MailRulesetContent?

    /// Each message is a question to the store; the command line shows all, and figures are exact however many there are.
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
        spans = try mail.spans(of: nil, last: MailHour.length - MailCounterSpan.length)
        runs = try mail.workerFigures(last: MailHour.length)
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
        if case .added(MailActivityScreen.word, let item) = place {
            for summary in domains where summary.draft.map({ $0.digest != summary.live?.digest }) ?? false {
                pending[summary.domain.name] = try mail.pending(of: summary.domain.name)
            }
            // One that is looked at stays however much mail comes after it.
            if let moment = item.flatMap(MailActivityScreen.moment) {
                (filter.since, filter.until) = (moment, moment.advanced(byMilliseconds: 1))
            }
        }
        activity = try store.mailLedger.activity(filter)
    }

    /// For a row of the table of screens.
    static func read(_ plane: ControlPlane, _ place: Place) throws -> Content { .added(try MailPicture(plane, place)) }
}

/// What became of mail in the last hour, exactly: this five minutes and the eleven before.
struct MailHour: Sendable {
    static let length: Int64 = 3_600_000
    static let pieces = 12

    var matched = 0
    var forwarded = 0
    var failed = 0
    /// Recipients in each piece, oldest first.
    var counts = [Int](repeating: 0, count: Self.pieces)

    init(_ spans: some Sequence<MailCounterSpan>, at now: Timestamp) {
        let start = MailCounterSpan.start(of: now)
            .advanced(byMilliseconds: -Int64(Self.pieces - 1) * MailCounterSpan.length)
        for span in spans {
            let piece = Int((span.start.milliseconds - start.milliseconds) / MailCounterSpan.length)
            guard span.start >= start, piece < Self.pieces else { continue }
            counts[piece] += span.counters.matched
            if span.counters.rule != "-" { matched += span.counters.matched }
            forwarded += span.counters.forwarded
            failed += span.counters.failed
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
