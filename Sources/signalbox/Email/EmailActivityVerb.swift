internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import MailRouting

/// Which mail is meant, as options.
struct EmailActivityOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Of the last so long, e.g. 1h or 7d.", valueName: "duration")) var last: String?
    @Option(help: ArgumentHelp("Only of this sender.", valueName: "address")) var from: String?
    @Option(help: ArgumentHelp("Only to this address.", valueName: "address")) var to: String?
    @Option(help: ArgumentHelp("Only what this rule decided.", valueName: "ref")) var rule: String?
    @Option(help: ArgumentHelp("Only with this outcome: \(Self.outcomes).", valueName: "outcome")) var outcome: String?
    @Option(help: ArgumentHelp("Only with a delivery in this state: \(Self.states).", valueName: "state"))
    var delivery: String?
    @Option(help: ArgumentHelp("Only with this text in sender, recipient or subject.", valueName: "text")) var text:
        String?
    @Option(help: ArgumentHelp("So many at most.", valueName: "number")) var limit = 100

    static let outcomes = MailDecision.Outcome.Word.allCases.filter { $0 != .content && $0 != .foreign }
        .map(\.rawValue).joined(separator: ", ")
    static let states = MailDelivery.Status.allCases.map(\.rawValue).joined(separator: ", ")

    func validate() throws {
        if let last, Self.milliseconds(last) == nil {
            throw ValidationError("--last takes a duration such as 1h or 7d.")
        }
        if let outcome, MailDecision.Outcome.Word(rawValue: outcome) == nil {
            throw ValidationError("--outcome takes one of: \(Self.outcomes).")
        }
        if let delivery, MailDelivery.Status(rawValue: delivery) == nil {
            throw ValidationError("--delivery takes one of: \(Self.states).")
        }
        if limit < 1 { throw ValidationError("--limit takes a number from 1.") }
    }

    /// `7d`, or `last-7d` as the console says it.
    static func milliseconds(_ text: String) -> Int? {
        DurationText.milliseconds(text.hasPrefix("last-") ? String(text.dropFirst(5)) : text)
    }

    func filter(domain: String?, now: Timestamp) -> MailActivityFilter {
        MailActivityFilter(
            domain: domain,
            since: last.flatMap(Self.milliseconds).map { now.advanced(byMilliseconds: -Int64($0)) }, text: text,
            sender: from, recipient: to, rule: rule, outcome: outcome.flatMap(MailDecision.Outcome.Word.init),
            delivery: delivery.flatMap(MailDelivery.Status.init), limit: limit)
    }
}

struct EmailActivityVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "activity", abstract: "What became of each message, newest first.",
        discussion: Examples.text(
            "signalbox email activity --last 1h",
            "signalbox email activity example.com --outcome reject --from eve@bad.example",
            "signalbox email activity --delivery bounced --output jsonl"))

    @Argument(help: "The domain; all without it.") var domain: String?
    @OptionGroup(title: "Filter options") var options: EmailActivityOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let name = try domain.map(MailNames.domain)
        try Session(global).mailList(
            [
                "AT", .flexible("FROM"), .flexible("TO"), .flexible("SUBJECT"), "OUTCOME", "RULE", "AUTH",
                .flexible("DELIVERY"),
            ],
            next: "signalbox email domain list"
        ) { mail, listing in
            for one in try mail.store.mailLedger.activity(options.filter(domain: name, now: TimeText.now())) {
                let decided = one.decided
                let word = decided?.outcome.rawValue ?? "-"
                listing.add(
                    one.message.queueID ?? one.message.instance ?? "-", one.document, .time(one.at),
                    .text(decided.map { $0.sender.isEmpty ? "<>" : $0.sender } ?? "-"), .text(one.recipient),
                    .text(decided?.content?.subject ?? ""), .text(SafeText(word), Self.style(decided?.outcome)),
                    .text(decided?.rule ?? "-"), .text(decided?.content?.authentication.text ?? "-"),
                    .text(Self.fate(one)))
            }
        }
    }

    /// What became of it at each destination; where it got to none, which worker gave no verdict and why.
    private static func fate(_ one: MailActivity) -> String {
        let told = one.deliveries.map { delivery in
            // The destination of what is dropped is a name of ours in Postfix's log.
            delivery.status == .dropped
                ? "dropped" : "\(delivery.status.rawValue) \(delivery.destination): \(delivery.answer)"
        }
        let failed = one.workers.compactMap { worker in worker.failure.map { "worker \(worker.worker): \($0)" } }
        return (told.isEmpty ? failed : told).joined(separator: "; ")
    }

    static func style(_ outcome: MailDecision.Outcome.Word?) -> Style {
        switch outcome {
        case .reject, .unknown: .bad
        case .defer: .warning
        case .drop: .dim
        default: .plain
        }
    }
}

extension MailActivity {
    var document: DocumentValue {
        .object([
            "at": .string(at.description), "instance": message.instance.map { .string($0) },
            "queue_id": message.queueID.map { .string($0) }, "to": .string(recipient.description),
            "from": decided.map { .string($0.sender) }, "domain": decided.map { .string($0.domain) },
            "version": decided.map { .int($0.version) }, "rule": decided?.rule.map { .string($0) },
            "outcome": decided.map { .string($0.outcome.rawValue) }, "detail": decided.map { .string($0.detail) },
            "passed": decided.map { .array($0.passed.map { .string($0) }) },
            "client": decided.map { .string($0.clientAddress) },
            "subject": decided?.content.map { .string($0.subject) }, "size": decided?.content.map { .int($0.size) },
            "authentication": decided?.content.map { .string($0.authentication.text) },
            "deliveries": .array(
                deliveries.map {
                    .object([
                        "destination": .string($0.destination.description), "status": .string($0.status.rawValue),
                        "code": .string($0.enhancedCode), "relay": .string($0.relay), "answer": .string($0.answer),
                    ])
                }),
            "workers": .array(
                workers.map {
                    .object([
                        "worker": .string($0.worker.rawValue), "verdict": $0.verdict.map { .string($0) },
                        "failure": $0.failure.map { .string($0) }, "milliseconds": .int($0.milliseconds),
                    ])
                }),
        ])
    }
}

struct EmailStatsVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Counters of every rule, exact, since the beginning or of the last hours.",
        discussion: Examples.text(
            "signalbox email stats", "signalbox email stats example.com --last 6h --output json",
            before: """
                Time is counted in steps of five minutes and kept as long as the activity. DELIVERED, DEFERRED and BOUNCED are \
                attempts, as they stand in Postfix's log: what a destination puts off is tried again.
                """))

    @Argument(help: "The domain; all without it.") var domain: String?
    @Option(help: ArgumentHelp("Of the last so long, e.g. 1h or 7d.", valueName: "duration")) var last: String?
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if let last, EmailActivityOptions.milliseconds(last) == nil {
            throw ValidationError("--last takes a duration such as 1h or 7d.")
        }
    }

    private func counters(_ mail: MailControl, of name: String?) throws -> [MailRuleCounters] {
        guard let length = last.flatMap(EmailActivityOptions.milliseconds) else {
            return try mail.store.mailLedger.counters(domain: name)
        }
        return MailCounterSpan.totals(try mail.spans(of: name, last: Int64(length)))
    }

    func run() throws {
        let name = try domain.map(MailNames.domain)
        try Session(global).mailList(
            [
                "DOMAIN", "RULE", .number("MATCHED"), .number("FORWARDED"), .number("DELIVERED"), .number("DEFERRED"),
                .number("BOUNCED"), .number("DROPPED"), .number("REJECTED"), .number("WORKER FAILED"), "LAST",
            ],
            next: "signalbox email domain list"
        ) { mail, listing in
            for one in try counters(mail, of: name) {
                listing.add(
                    "\(one.domain)/\(one.rule)", one.document, .text(one.domain),
                    .text(one.rule == "-" ? "no rule" : one.rule), .text(one.matched), .text(one.forwarded),
                    .text(one.delivered), .text(one.deferred + one.deferredHere),
                    .text(SafeText("\(one.bounced)"), one.bounced > 0 ? .bad : .plain), .text(one.dropped),
                    .text(one.rejected),
                    .text(SafeText("\(one.workerFailures)"), one.workerFailures > 0 ? .bad : .plain),
                    .time(one.lastAt))
            }
        }
    }

    /// `matched 12, forwarded 12, delivered 11, bounced 1`
    static func sentence(_ one: MailRuleCounters) -> String {
        let all = [
            ("matched", one.matched), ("forwarded", one.forwarded), ("delivered", one.delivered),
            ("deferred", one.deferred + one.deferredHere), ("bounced", one.bounced), ("dropped", one.dropped),
            ("rejected", one.rejected), ("worker failures", one.workerFailures),
        ]
        return all.filter { $0.1 > 0 || $0.0 == "matched" }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }
}

extension MailRuleCounters {
    var document: DocumentValue {
        .object([
            "domain": .string(domain), "rule": .string(rule), "matched": .int(matched), "forwarded": .int(forwarded),
            "delivered": .int(delivered), "deferred": .int(deferred), "deferred_here": .int(deferredHere),
            "bounced": .int(bounced), "dropped": .int(dropped), "rejected": .int(rejected), "to_worker": .int(toWorker),
            "worker_failures": .int(workerFailures), "last_at": lastAt.map { .string($0.description) },
        ])
    }
}
