internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import MailRouting

struct EmailPlanVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what promoting a draft would do, with the checksum that applies exactly that.",
        discussion: Examples.text(
            "signalbox email plan example.com", "signalbox email plan example.com@3 --output json"))

    @Argument(help: "Domain, or version of its rules; the draft without one.") var rules: String
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let session = try Session(global)
        let plan = try session.mail(.reading).planPromotion(of: try MailNames.version(rules))
        session.output.show(plan.checksum.rawValue, plan.document) { MailPlanText.pieces(plan) }
    }
}

struct EmailPromoteVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Bring a draft of a domain's rules into force.",
        discussion: Examples.text(
            "signalbox email promote example.com", "signalbox email promote example.com --plan 0123456789ab --yes",
            before: "The next message is routed by it; nothing is reloaded."))

    @Argument(help: "Domain, or version of its rules; the draft without one.") var rules: String
    @OptionGroup(title: "Change options") var change: EmailChangeOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let reference = try MailNames.version(rules)
        try Session(global).deployMail(change) { try $0.planPromotion(of: reference) }
    }
}

struct EmailRollbackVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Go back to the rules that were in force before.",
        discussion: Examples.text(
            "signalbox email rollback example.com --yes",
            "signalbox email rollback example.com --to 2 --reason 'mail lost'",
            before: "Findings and thresholds hold it up in no case."))

    @Argument(help: "The domain.") var domain: String
    @Option(help: ArgumentHelp("A version that was in force once.", valueName: "number")) var to: Int?
    @OptionGroup(title: "Change options") var change: EmailChangeOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let name = try MailNames.domain(domain)
        try Session(global).deployMail(change) { try $0.planRollback(of: name, to: to) }
    }
}

struct EmailHistoryVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "What came into force, rules, domains, destinations and workers: when, by whom, why; newest first.",
        discussion: Examples.text(
            "signalbox email history example.com", "signalbox email history --last 10 --output jsonl",
            before: """
                A domain comes into force with its first rules; that it was added or removed stands in the audit: \
                signalbox audit list.
                """))

    @Argument(help: "The domain; all without it.") var domain: String?
    @Option(help: ArgumentHelp("So many at most.", valueName: "number")) var last = 50
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if last < 1 { throw ValidationError("--last takes a number from 1.") }
    }

    func run() throws {
        let name = try domain.map(MailNames.domain)
        try Session(global).mailList(
            [
                .number("ID"), "ABOUT", .number("#"), "KIND", .flexible("CHANGE"), "AT", .flexible("BY"),
                .flexible("REASON"),
            ],
            next: "signalbox email domain list"
        ) { mail, listing in
            for entry in try mail.history(of: name, last: last).reversed() {
                listing.add(
                    String(entry.id), entry.document, .text(entry.id), .text(entry.stream), .text(entry.sequence),
                    .text("\(entry.kind.rawValue)", entry.kind == .promote ? .plain : .warning), .text(entry.sentence),
                    .time(entry.at), .text(entry.actor.told), .text(entry.reason ?? ""))
            }
        }
    }
}

/// Options of every verb that changes which rules are in force.
struct EmailChangeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Why; enters the journal.", valueName: "text")) var reason: String?
    @Flag(help: "Go on in spite of findings of severity warning.") var acceptWarnings = false
    @Flag(help: "Go past a safety threshold; needs --reason.") var force = false
    @Flag(help: "Go on with a draft that was not made from what is in force.") var allowStaleBase = false
    @Option(
        name: .customLong("plan"), help: ArgumentHelp("Apply only the plan with this checksum.", valueName: "checksum"))
    var checksum: String?
    @Flag(name: .customLong("dry-run"), help: "Show the plan and stop.") var isDryRun = false

    func validate() throws {
        if let checksum, !(8...64).contains(checksum.utf8.count) {
            throw ValidationError("--plan takes at least 8 digits of the checksum that a plan prints.")
        }
    }

    var applyOptions: ApplyOptions {
        var options = ApplyOptions()
        (options.reason, options.acceptWarnings, options.force) = (reason, acceptWarnings, force)
        options.allowStaleBase = allowStaleBase
        return options
    }
}

extension Session {
    /// Plan, show, ask, commit, wake the server.
    func deployMail(
        _ options: EmailChangeOptions, _ make: (MailControl) throws -> MailPlanReview
    ) throws {
        let mail = try mail(options.isDryRun ? .reading : .writing)
        let plan = try make(mail)
        if let wanted = options.checksum?.lowercased(), !plan.checksum.rawValue.hasPrefix(wanted) {
            throw ErrorReport(
                .stale, at: plan.title, "this is not the plan that was reviewed: its checksum is \(plan.checksum)",
                remedy: rehearsal, details: ["asked for \(wanted)"])
        }
        if options.isDryRun {
            return output.show(plan.checksum.rawValue, plan.document) { MailPlanText.pieces(plan) }
        }
        try show(plan, MailPlanText.pieces, options.applyOptions)
        try Confirmation(session: self).ask("\(SafeText(plan.title))?")
        let entry = try mail.apply(plan, options.applyOptions)
        try finishMail(
            [entry], entry.committedDocument, of: mail, at: plan.title,
            "done: \(SafeText(plan.title)) (mail deployment \(entry.id), \(entry.stream) #\(entry.sequence))\nhead \(entry.head)"
        )
    }

    /// Has the server take up what was committed. Where mail is routed already and no server runs, Postfix is answered by
    /// nobody: that is a failure, as it is where HTTP is.
    func finishMail(
        _ entries: [MailDeployment], _ document: DocumentValue, of mail: MailControl, at title: String,
        _ text: SafeText
    ) throws {
        let isServed = ServerSocket.tellPublished(statePath: statePath)
        if !isServed, try mail.isFollowed() {
            throw committed(
                .unavailable, entries.first?.committedDocument ?? document, at: title,
                "committed, but no server runs that would tell Postfix: mail is deferred until then",
                remedy: "signalbox serve", details: ["serve takes it up when it starts"])
        }
        output.done(entries.map { "\($0.id)" }.joined(separator: " "), document, text)
        if !isServed {
            output.hint("Nothing takes it up yet. Next, in a terminal of its own: \(commandLine("serve"))")
        }
    }
}

/// A plan of mail rules for people.
enum MailPlanText {
    static func pieces(_ plan: MailPlanReview) -> [Output.Piece] {
        var pieces = [Output.Piece(SafeText(plan.title), .strong)]
        if !plan.diff.isEmpty { pieces.append(Output.Piece(SafeText(lines: plan.diff.text).trimmed.indented(by: 2))) }
        pieces.append(Output.Piece("  \(plan.diff.summary)", .dim))
        pieces += FindingText.pieces(plan.findings)
        pieces += plan.thresholds.map { Output.Piece("threshold: \($0)", .warning) }
        if let staleBase = plan.staleBase { pieces.append(Output.Piece(SafeText(staleBase), .warning)) }
        pieces.append(Output.Piece("plan \(plan.checksum)", .dim))
        return pieces
    }
}

extension MailDeployment {
    /// ``document`` of one that was just made.
    var committedDocument: DocumentValue {
        guard case .object(let members) = document else { return document }
        return .object([DocumentMember("committed", .bool(true))] + members)
    }

    var document: DocumentValue {
        .object([
            "id": .int(id), "stream": .string(stream), "domain": stream.contains(".") ? .string(stream) : nil,
            "sequence": .int(sequence), "kind": .string(kind.rawValue), "change": .string(sentence),
            "from": versions?.from.map { .int($0) }, "to": versions?.to.map { .int($0) },
            "at": .string(at.description), "by": .string(actor.label), "reason": reason.map { .string($0) },
            "plan": planChecksum.map { .string($0.rawValue) }, "undoes": undoes.map { .int($0) },
            "head": .string(head.rawValue),
        ])
    }
}
