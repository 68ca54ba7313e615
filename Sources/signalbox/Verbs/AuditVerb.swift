internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan

struct AuditVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Who did what, in a chain that shows tampering.",
        discussion: Examples.text("signalbox audit list --last 20", "signalbox audit verify"),
        subcommands: [List.self, Verify.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List entries, newest first.",
            discussion: Examples.text("signalbox audit list", "signalbox audit list --last 1000 --output jsonl"))

        @Option(help: ArgumentHelp("So many at most.", valueName: "number")) var last = 50
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func validate() throws {
            if last < 1 { throw ValidationError("--last takes a number from 1.") }
        }

        func run() throws {
            try Session(global).list(
                [
                    .number("#"), "AT", .flexible("BY"), "ACTION", .flexible("RESOURCE"), .flexible("WHAT"),
                    .flexible("REASON"), "HEAD",
                ],
                of: .audit
            ) { plane, listing in
                for entry in try plane.auditEntries(last: last).reversed() {
                    listing.add(
                        String(entry.sequence), entry.document, .text(entry.sequence), .time(entry.at),
                        .text(entry.actor.told), .text(entry.action), .text(entry.resource), .text(entry.summary),
                        .text(entry.reason ?? ""), .text(SafeText(entry.head.short), .dim))
                }
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract:
                "Check journal and audit for edits, removals, reordering and truncation; exit 1 when there are any.",
            discussion: Examples.text(
                "signalbox audit verify", "signalbox audit verify --head $(cat last-head)",
                before:
                    "Every deployment prints its head. Given a head that was noted elsewhere, a journal cut off before it is found too."
            ))

        @Option(help: ArgumentHelp("Head that a deployment printed.", valueName: "digest")) var head: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let digest = try head.map { text in
                guard let digest = Digest(rawValue: text.lowercased()) else {
                    throw ErrorReport(
                        .usage, at: "--head \(text)", "a head has 64 hexadecimal digits",
                        remedy: "signalbox history -o json")
                }
                return digest
            }
            let plane = try session.plane(.reading)
            let findings = try plane.verifyAudit(head: digest)
            let head = try plane.history(stream: nil, last: 1).last?.deployment.head
            let mailHead = try plane.mailHead()
            let document: DocumentValue = .object([
                "intact": .bool(findings.isEmpty), "findings": .array(findings.map(\.document)),
                "head": head.map { .string($0.rawValue) }, "mail_head": mailHead.map { .string($0.rawValue) },
            ])
            session.output.show(findings.isEmpty ? "intact" : "broken", document) {
                FindingText.pieces(findings)
                    + [
                        findings.isEmpty
                            ? Output.Piece("journal and audit are intact", .good)
                            : Output.Piece("\(FindingText.summary(findings))", .bad)
                    ] + Self.heads(head, mail: mailHead, isIntact: findings.isEmpty)
            }
            if !findings.isEmpty { throw ExitCode(1) }
        }

        private static func heads(_ head: Digest?, mail: Digest?, isIntact: Bool) -> [Output.Piece] {
            guard head != nil || mail != nil else {
                // Of a journal that was emptied it is not known what was deployed.
                return [Output.Piece("head none: \(isIntact ? "nothing was deployed yet" : "the journal is empty")")]
            }
            return [("head", head), ("mail head", mail)].compactMap { name, head in
                head.map { Output.Piece("\(name) \($0.rawValue)") }
            }
        }
    }
}
