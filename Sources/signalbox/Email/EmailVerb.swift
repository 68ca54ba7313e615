internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import MailRouting

struct EmailVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "email", abstract: "Email routing: which mail goes where, by rules with an order.",
        discussion: Examples.text(
            "signalbox email domain add example.com", "signalbox email destination add ops@dest.example",
            "signalbox email rule add example.com --to info --forward ops@dest.example",
            "signalbox email promote example.com",
            before: """
                Rules are edited in a draft and come into force by 'promote'; 'rollback' goes back. A destination gets \
                mail once its owner has confirmed it.
                """),
        subcommands: [
            EmailDomainVerb.self, EmailDestinationVerb.self, EmailRuleVerb.self, EmailCatchAllVerb.self,
            EmailBlockVerb.self, EmailRulesetVerb.self, EmailPlanVerb.self, EmailPromoteVerb.self,
            EmailRollbackVerb.self,
            EmailUndoVerb.self, EmailHistoryVerb.self, EmailActivityVerb.self, EmailStatsVerb.self,
            EmailExplainVerb.self,
            EmailReplayVerb.self, EmailDNSVerb.self, EmailWorkerVerb.self, EmailPostfixVerb.self,
        ])
}

extension Session {
    /// Email routing over the state, which must exist.
    func mail(_ access: Access) throws -> MailControl {
        let store = try store(access)
        return MailControl(
            store: store, plane: plane(over: store), programProblem: WorkerFile.problem,
            programDestination: WorkerFile.destination)
    }

    /// A listing, or an empty one with the command that makes its first row.
    func mailList(
        _ columns: [Listing.Column], next: String, _ fill: (MailControl, inout Listing) throws -> Void
    ) throws {
        var listing = Listing(columns)
        do {
            try fill(try mail(.reading), &listing)
        } catch let error as StoreError where error.code == .missing {
            output.hint("No state at \(statePath) yet. Next: \(commandLine("init"))")
            return output.list(listing)
        }
        output.list(listing)
        guard listing.rows.isEmpty, output.tellsHints else { return }
        output.hint("Nothing here yet. Next: \(onThisState(next))")
    }

    /// What is wrong with something that was done all the same.
    func tell(_ findings: [Finding]) {
        for piece in FindingText.pieces(findings) { output.note(piece.text, piece.style) }
    }

    /// What follows an edit of a draft: what changed, what is wrong, how it comes into force.
    func told(_ outcome: MailEditOutcome) {
        tell(outcome.findings)
        let document: DocumentValue = .object([
            "version": .string(outcome.version.label), "digest": .string(outcome.version.digest.rawValue),
            "diff": outcome.diff.document, "findings": .array(outcome.findings.map(\.document)),
        ])
        let text = SafeText(lines: outcome.diff.text).trimmed
        output.done(
            outcome.version.label, document,
            (text.isEmpty ? "nothing changed" : text) + "\ndone: \(outcome.version.label) is a draft")
        // What would stop the promotion comes first.
        let next = NextCommand.mending(outcome.findings) ?? "signalbox email promote \(outcome.version.domain)"
        output.hint("Next: \(onThisState(next))")
    }
}

/// Text of arguments to the names of mail.
enum MailNames {
    static func domain(_ text: String) throws -> String {
        guard let name = MailDomain.normalized(text) else {
            throw ErrorReport(
                .usage, at: "email domain '\(text)'", "that is no mail domain; write the A-label form of it",
                remedy: "signalbox email domain list")
        }
        return name
    }

    static func address(_ text: String) throws -> MailAddress {
        guard let address = MailAddress(text) else {
            throw ErrorReport(
                .usage, at: "address '\(text)'", "that is no mail address; write it as ops@dest.example",
                remedy: "signalbox email destination list")
        }
        return address
    }

    static func version(_ text: String) throws -> MailVersionReference {
        guard let reference = MailVersionReference(text) else {
            throw ErrorReport(
                .usage, at: "email rules '\(text)'",
                "write DOMAIN, or DOMAIN@ with a number, draft, live, latest or -1",
                remedy: "signalbox email ruleset list --help")
        }
        return reference
    }
}
