internal import EdgeModel
internal import MailRouting
internal import TerminalUI

/// All that is known of one recipient's message.
enum MailMessageFacts {
    static func facts(_ context: ScreenContext) -> [(TerminalText, StyledLine)] {
        guard let one = MailActivityScreen.message(nil, context) else {
            guard context.content != nil else { return [] }
            return [("message", StyledLine("it is not kept any more", .statusWarn))]
        }
        var facts: [(TerminalText, StyledLine)] = [
            ("to", StyledLine(Words.text(one.recipient.description), .textStrong))
        ]
        if let decided = one.decided {
            facts += envelope(decided) + decision(decided, one)
        } else {
            facts.append(("verdict", StyledLine("not known: the server ended before it was kept", .statusWarn)))
        }
        facts += one.workers.map { ("worker", worker($0)) }
        facts += one.deliveries.flatMap(delivery)
        facts.append(
            ("at", StyledLine("\(Words.text(one.at.description))  (\(Words.ago(one.at, at: context.now)))")))
        if let id = one.message.queueID { facts.append(("queue id", StyledLine(Words.text(id), .textMuted))) }
        if let id = one.message.instance { facts.append(("instance", StyledLine(Words.text(id), .textMuted))) }
        return facts
    }

    private static func envelope(_ decided: MailDecided) -> [(TerminalText, StyledLine)] {
        var facts: [(TerminalText, StyledLine)] = [
            (
                "from",
                StyledLine(
                    decided.sender.isEmpty ? "<>, a notice of a mail server" : Words.text(decided.sender), .textStrong)
            )
        ]
        if let content = decided.content {
            facts.append(("subject", StyledLine(Words.text(content.subject))))
            facts.append(("size", StyledLine(Words.bytes(Int64(content.size)))))
            facts.append(("authentication", StyledLine(Words.text(content.authentication.text))))
        }
        let client = [decided.clientAddress, decided.helo].filter { !$0.isEmpty }.joined(separator: "  ")
        if !client.isEmpty { facts.append(("client", StyledLine(Words.text(client)))) }
        return facts
    }

    private static func decision(_ decided: MailDecided, _ one: MailActivity) -> [(TerminalText, StyledLine)] {
        var verdict = StyledLine(
            Words.text(decided.outcome.rawValue), MailActivityScreen.verdict(decided), .bold)
        if !decided.detail.isEmpty { verdict.append("  \(Words.text(decided.detail))", .text) }
        let version: TerminalText = "\(Words.text(decided.domain))@\(decided.version)"
        let rule = decided.rule.map {
            StyledLine(Words.text($0), .textStrong) + StyledLine("  of \(version)", .textMuted)
        }
        var facts: [(TerminalText, StyledLine)] = [
            ("verdict", verdict), ("rule", rule ?? StyledLine("none of \(version)", .textMuted)),
        ]
        if !decided.passed.isEmpty {
            facts.append(("also matched", StyledLine(Words.text(decided.passed.joined(separator: ", ")))))
        }
        return facts
    }

    private static func worker(_ result: MailWorkerResult) -> StyledLine {
        let said: TerminalText =
            result.failure.map { failure in
                let instead: TerminalText = result.verdict.map { "; in its place: \(Words.text($0))" } ?? ""
                return "no verdict: \(Words.text(failure))\(instead)"
            } ?? Words.text(result.verdict ?? "")
        return StyledLine(Words.name(result.worker), .textStrong)
            + StyledLine("  \(said)", result.failure == nil ? .text : .statusBad)
            + StyledLine("  after \(result.milliseconds) ms", .textMuted)
    }

    private static func delivery(_ delivery: MailDelivery) -> [(TerminalText, StyledLine)] {
        let ink: Role = delivery.status.isFailure ? .statusBad : .statusOk
        let status = StyledLine(Words.text(delivery.status.rawValue), ink, .bold)
        // A reserved address stands for mail that was dropped.
        guard delivery.status != .dropped else { return [("destination", status)] }
        return [
            (
                "destination",
                StyledLine(Words.text(delivery.destination.description), .textStrong) + StyledLine("  ") + status
                    + StyledLine("  \(Words.text(delivery.enhancedCode))", .textMuted)
            ),
            ("answer", StyledLine(Words.text(delivery.answer), ink)),
            ("answered by", StyledLine(Words.text(delivery.relay), .textMuted)),
        ]
    }
}
