internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import MailRouting
internal import PostfixProtocol
internal import RulesLanguage

struct EmailExplainVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell which rule decides about an address or a message, why, and what SMTP says.",
        discussion: Examples.text(
            "signalbox email explain info@example.com --from alice@sender.example",
            "signalbox email explain message.eml --to info@example.com --rules draft",
            before: """
                Nothing is sent. With a message in a file the content is known; the recipient is --to, or the first of \
                Delivered-To, X-Original-To and To, the sender --from, or Return-Path or From.
                """))

    @Argument(help: "Address, or file with a message (- for standard input).", completion: .file(extensions: ["eml"]))
    var subject: String
    @Option(help: ArgumentHelp("Recipient of the message.", valueName: "address")) var to: String?
    @Option(help: ArgumentHelp("Sender; <> for the null sender.", valueName: "address")) var from: String?
    @Option(help: ArgumentHelp("Address of the client.", valueName: "address")) var ip: String?
    @Option(help: ArgumentHelp("What the client calls itself.", valueName: "name")) var helo = "client.example"
    @Option(help: ArgumentHelp("Which rules: live (as it is), draft, or a number.", valueName: "version")) var rules =
        "live"
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if MailVersionReference.Selector(rules) == nil {
            throw ValidationError("--rules takes live, draft or a number.")
        }
        if let ip, IPAddress(ip) == nil { throw ValidationError("--ip takes an IPv4 or IPv6 address.") }
    }

    func run() throws {
        let session = try Session(global)
        let mail = try session.mail(.reading)
        let isFile = MailAddress(subject) == nil
        let message = isFile ? try TextFile.read(subject) : []
        let headers = MailMessage.headers(of: message)
        let envelope = try envelope(headers, isFile: isFile)
        let (plan, label) = try plan(mail, for: envelope.recipient)
        let server = plan.domain(envelope.recipient.domain)?.ruleset.authenticationServer
        let content = isFile ? MailContent(headers: headers, size: message.count, trusting: server) : nil
        let explanation = plan.explain(envelope, content: content, at: TimeText.now())
        let atRecipient = isFile ? plan.decide(envelope, content: nil, at: TimeText.now()) : explanation.decision
        let dialogue = SMTPDialogue.lines(envelope, atRecipient, isFile ? explanation.decision : nil)
        var findings = try findings(mail, explanation.decision, of: envelope.recipient.domain)
        if envelope.recipient.isQuoted {
            findings.append(
                Finding(
                    .warning, "quoted-recipient", at: "\(envelope.recipient)",
                    "addresses that need quotes are refused at the recipient, whatever the rules say",
                    remedy: "give its owner an address without quotes"))
        }
        session.output.show(
            envelope.recipient.description, document(explanation, label, dialogue, content, findings)
        ) {
            EmailExplanationText.pieces(explanation, envelope, label, content) + FindingText.pieces(findings) + [
                Output.Piece(""), Output.Piece("SMTP:", .dim),
            ]
                + dialogue.map { Output.Piece(SafeText($0).indented(by: 2)) }
        }
    }

    private func envelope(_ headers: [MailHeader], isFile: Bool) throws -> MailEnvelope {
        let written = to ?? (isFile ? nil : subject)
        guard let recipient = try written.map(MailNames.address) ?? MailMessage.recipient(in: headers) else {
            throw ErrorReport(
                .usage, at: subject, "it does not say to whom the message is",
                remedy: "signalbox email explain \(ShellWord.quoted(subject)) --to info@example.com")
        }
        let sender: MailAddress? =
            switch from {
            case nil: MailMessage.sender(in: headers)
            case "<>"?, ""?: nil
            case let text?: try MailNames.address(text)
            }
        return MailEnvelope(
            clientAddress: ip.flatMap { IPAddress($0) }, helo: helo, sender: sender, recipient: recipient)
    }

    private func plan(_ mail: MailControl, for recipient: MailAddress) throws -> (MailPlan, String?) {
        guard let selector = MailVersionReference.Selector(rules), selector != .live else {
            let plan = try mail.livePlan()
            return (plan, plan.domain(recipient.domain).map { "\(recipient.domain)@\($0.version)" })
        }
        let (plan, version) = try mail.plan(with: MailVersionReference(domain: recipient.domain, selector: selector))
        return (plan, version.label)
    }

    /// What stands against the rules that decided, of rules that are not in force: the mail would not go as is told here,
    /// since the plan takes all destinations for verified.
    private func findings(_ mail: MailControl, _ decision: MailDecision, of domain: String) throws -> [Finding] {
        guard let selector = MailVersionReference.Selector(rules), selector != .live else { return [] }
        let places = Set((decision.passed + [decision.rule].compactMap(\.self)).map { "email rule \(domain)/\($0)" })
        return try mail.findings(MailVersionReference(domain: domain, selector: selector)).filter {
            $0.severity == .error && places.contains($0.place)
        }
    }

    private func document(
        _ explanation: MailExplanation, _ label: String?, _ dialogue: [String], _ content: MailContent?,
        _ findings: [Finding]
    ) -> DocumentValue {
        let decision = explanation.decision
        return .object([
            "rules": label.map { .string($0) }, "outcome": .string(decision.outcome.word.rawValue),
            "rule": decision.rule.map { .string($0) },
            "destinations": .array(decision.outcome.destinations.map { .string($0.description) }),
            "tags": .array(
                decision.tags.map { .object(["header": .string($0.name), "value": .string($0.value)]) }),
            "passed": .array(decision.passed.map { .string($0) }),
            "authentication": content.map { .string($0.authentication.text) },
            "steps": .array(
                explanation.steps.map { step in
                    .object([
                        "rule": .string(step.ref), "condition": .string(step.condition), "action": .string(step.action),
                        "verdict": .string(step.verdict.rawValue),
                        "parts": .array(
                            step.parts.map {
                                .object(["text": .string($0.text), "truth": .string($0.truth.word)])
                            }),
                    ])
                }),
            "end": explanation.end.map { .string($0) }, "smtp": .array(dialogue.map { .string($0) }),
            "findings": .array(findings.map(\.document)),
        ])
    }
}

extension Truth {
    fileprivate var word: String {
        switch self {
        case .no: "no"
        case .yes: "yes"
        case .missing: "unknown"
        }
    }
}

extension MailDecision.Outcome {
    var destinations: [MailAddress] { if case .forward(let to) = self { to } else { [] } }

    /// For people.
    var sentence: String {
        switch self {
        case .forward(let to): "forward to " + to.map(\.description).joined(separator: ", ")
        case .drop: "accept and discard"
        case .reject(let text): "reject: \(text)"
        case .deferral(let text): "defer: \(text)"
        case .worker(let name): "worker \(name) decides"
        case .needsContent: "the content decides"
        case .unknownUser: "refuse: user unknown"
        case .foreignDomain: "refuse: not our domain"
        }
    }
}

/// What a client and a mail server would say to each other.
enum SMTPDialogue {
    /// - Parameters:
    ///   - atRecipient: the decision at RCPT.
    ///   - atEnd: the decision when the message has been read; nil: it is not known.
    static func lines(_ envelope: MailEnvelope, _ atRecipient: MailDecision, _ atEnd: MailDecision?) -> [String] {
        var lines = [
            "C: EHLO \(envelope.helo)", "S: 250 ok", "C: MAIL FROM:<\(envelope.sender?.description ?? "")>",
            "S: 250 2.1.0 Ok", "C: RCPT TO:<\(envelope.recipient)>",
        ]
        if envelope.recipient.isQuoted, atRecipient.outcome != .foreignDomain {
            // Postfix tells it without its quotes, and then it is none.
            let text = "<\(envelope.recipient.local)@\(envelope.recipient.domain)>: Recipient address rejected: "
            return lines + [
                "S: \(SMTPReply.noAddress.code) \(SMTPReply.noAddress.status) \(text)\(SMTPReply.noAddress.words)",
                "C: QUIT",
            ]
        }
        if atRecipient.outcome == .foreignDomain {
            // `email postfix setup` keeps the restrictions there are; Postfix's own end in defer_unauth_destination.
            return lines + ["S: 454 4.7.1 <\(envelope.recipient)>: Relay access denied", "C: QUIT"]
        }
        if let refusal = SMTPReply.refusal(atRecipient.outcome, by: atRecipient) {
            let text = "<\(envelope.recipient)>: Recipient address rejected: \(refusal.words)"
            return lines + ["S: \(refusal.code) \(refusal.status) \(text)", "C: QUIT"]
        }
        lines += ["S: 250 2.1.5 Ok", "C: DATA", "S: 354 End data with <CR><LF>.<CR><LF>", "C: (the message)", "C: ."]
        let final = atEnd ?? atRecipient
        if let refusal = SMTPReply.refusal(final.outcome, by: final) { return lines + ["S: \(refusal.text)"] }
        switch final.outcome {
        case .needsContent: return lines + ["S: (depends on the content; give a message in a file)"]
        case .worker(let name): return lines + ["S: (what worker \(name) says)"]
        default: return lines + ["S: 250 2.0.0 Ok: queued"]
        }
    }
}

enum EmailExplanationText {
    static func pieces(
        _ explanation: MailExplanation, _ envelope: MailEnvelope, _ label: String?, _ content: MailContent?
    ) -> [Output.Piece] {
        let decision = explanation.decision
        var pieces = [
            Output.Piece(
                "\(envelope.recipient) from \(envelope.sender?.description ?? "<>"): \(decision.outcome.sentence)",
                .strong)
        ]
        if let rule = decision.rule { pieces.append(Output.Piece("by rule \(rule) of \(label ?? "")")) }
        if let content { pieces.append(Output.Piece("verdicts: \(content.authentication.text)", .dim)) }
        pieces += decision.tags.map { Output.Piece("adds \($0.name): \($0.value)") }
        if decision.wantsContent, content == nil {
            pieces.append(
                Output.Piece("a rule before asks for the content: give a message in a file to know more", .warning))
        }
        pieces.append(Output.Piece(""))
        let shown = explanation.steps.prefix(FindingText.most)
        for step in shown {
            let style: Style =
                switch step.verdict {
                case .decided: .good
                case .needsContent: .warning
                case .passed: .plain
                default: .dim
                }
            pieces.append(Output.Piece("\(mark(step.verdict)) \(step.ref): \(step.condition) → \(step.action)", style))
            pieces += step.parts.map {
                Output.Piece("      \($0.truth == .yes ? "yes" : $0.truth == .no ? "no" : "unknown"): \($0.text)", .dim)
            }
        }
        if explanation.steps.count > shown.count {
            pieces.append(Output.Piece("and \(explanation.steps.count - shown.count) more rules", .dim))
        }
        if let end = explanation.end { pieces.append(Output.Piece(SafeText(end))) }
        return pieces
    }

    private static func mark(_ verdict: MailExplanation.Verdict) -> SafeText {
        switch verdict {
        case .decided: "  decides     "
        case .passed: "  and         "
        case .noMatch: "  no          "
        case .needsContent: "  content?    "
        case .disabled: "  off         "
        case .expired: "  expired     "
        case .shadowed: "  has own rule"
        case .notReached: "  not reached "
        }
    }
}
