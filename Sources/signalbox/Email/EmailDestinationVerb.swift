internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import MailRouting

struct EmailDestinationVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "destination", abstract: "Addresses outside to which mail is forwarded, once confirmed.",
        discussion: Examples.text(
            "signalbox email destination add ops@dest.example",
            "signalbox email destination verify ops@dest.example abcd2345"),
        subcommands: [List.self, Add.self, Resend.self, Verify.self, Remove.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the destinations with what became of mail to them.",
            discussion: Examples.text(
                "signalbox email destination list", "signalbox email destination list --output jsonl"))

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            try Session(global).mailList(
                [
                    "DESTINATION", "STATE", .number("DELIVERED"), .number("DEFERRED"), .number("BOUNCED"),
                    .flexible("USED BY"), .flexible("LAST FAILURE"),
                ],
                next: "signalbox email destination add ops@dest.example"
            ) { mail, listing in
                for summary in try mail.destinations() {
                    let (destination, figures) = (summary.destination, summary.figures)
                    listing.add(
                        destination.address.description, summary.document, .text(destination.address),
                        .text(
                            destination.isVerified ? "verified" : "pending", destination.isVerified ? .good : .warning),
                        .text(figures?.delivered ?? 0), .text(figures?.deferred ?? 0), .text(figures?.bounced ?? 0),
                        summary.users.isEmpty ? .none : .text(summary.users.joined(separator: ", ")),
                        figures?.lastFailure.map { .text(SafeText($0), .bad) } ?? .none)
                }
            }
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Add a destination and mail it the code that confirms it.",
            discussion: Examples.text(
                "signalbox email destination add ops@dest.example",
                "signalbox email destination add ops@dest.example --message verify.eml",
                before: "The code holds for three days and five tries."))

        @Argument(help: "The address.") var address: String
        @OptionGroup(title: "Mail options") var sending: VerificationMailOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let mail = try session.mail(.writing)
            let (destination, verification) = try mail.addDestination(try MailNames.address(address))
            // Before the mail goes: what becomes of it is to be seen.
            ServerSocket.tellPublished(statePath: session.statePath)
            try sending.send(verification, mail, session)
            session.output.done(
                destination.address.description, destination.document,
                "done: \(destination.address) added; it is pending until its owner confirms it")
            let address = ShellWord.quoted(destination.address.description)
            session.output.hint("Next: \(session.onThisState("signalbox email destination verify \(address) CODE"))")
        }
    }

    struct Resend: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resend", abstract: "Mail a pending destination a new code; the old one no longer holds.",
            discussion: Examples.text(
                "signalbox email destination resend ops@dest.example",
                "signalbox email destination resend ops@dest.example --message verify.eml"))

        @Argument(help: "The address.") var address: String
        @OptionGroup(title: "Mail options") var sending: VerificationMailOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let mail = try session.mail(.writing)
            let verification = try mail.renewCode(of: try MailNames.address(address))
            try sending.send(verification, mail, session)
            session.output.done(
                verification.address.description, .object(["resent": .string(verification.address.description)]),
                "done: a new code for \(verification.address)")
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Confirm a destination with the code that was mailed to it.",
            discussion: Examples.text(
                "signalbox email destination verify ops@dest.example abcd2345",
                "signalbox email destination verify ops@dest.example ABCD2345 --output json"))

        @Argument(help: "The address.") var address: String
        @Argument(help: "The code.") var code: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let destination = try session.mail(.writing).verifyDestination(try MailNames.address(address), code: code)
            ServerSocket.tellPublished(statePath: session.statePath)
            session.output.done(
                destination.address.description, destination.document, "done: \(destination.address) is verified")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove a destination; rules that use it are disabled at once.",
            discussion: Examples.text(
                "signalbox email destination remove ops@dest.example --yes",
                "signalbox email destination remove ops@dest.example --reason left"))

        @Argument(help: "The address.") var address: String
        @Option(help: ArgumentHelp("Why; enters the audit.", valueName: "text")) var reason: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let address = try MailNames.address(address)
            let mail = try session.mail(.writing)
            let summary = try mail.destinations().first { $0.destination.address.folded == address.folded }
            let (uses, workers) = (summary?.uses ?? [], (summary?.workers ?? []).map(\.rawValue))
            let told =
                (uses.isEmpty ? "" : " Disabled will be: \(uses.joined(separator: ", ")).")
                + (workers.isEmpty
                    ? "" : " Mail is deferred that goes there by worker \(workers.joined(separator: ", ")).")
            try Confirmation(session: session).ask("Remove \(SafeText(address.description))?\(SafeText(told))")
            let withdrawals = try mail.removeDestination(address, reason: reason)
            ServerSocket.tellPublished(statePath: session.statePath)
            let lines = withdrawals.map {
                "disabled in \($0.domain)@\($0.version): \($0.refs.joined(separator: ", "))"
            }
            session.output.done(
                address.description,
                .object([
                    "removed": .string(address.description),
                    "disabled": .array(
                        withdrawals.map {
                            .object([
                                "domain": .string($0.domain), "version": .int($0.version),
                                "rules": .array($0.refs.map { .string($0) }),
                            ])
                        }),
                    "workers": .array(workers.map { .string($0) }),
                ]), (lines + ["done: \(address) removed"]).map { SafeText($0) }.joined(separator: "\n"))
            if let worker = workers.first {
                session.output.note(
                    "worker \(SafeText(workers.joined(separator: ", "))) sends mail on to it, which is deferred from now on",
                    .warning)
                session.output.hint("Next: \(session.onThisState("signalbox email worker edit \(worker)"))")
            }
        }
    }
}

extension MailDestination {
    var document: DocumentValue {
        .object([
            "destination": .string(address.description), "state": .string(isVerified ? "verified" : "pending"),
            "verified_at": verifiedAt.map { .string($0.description) },
            "code_expires": codeExpires.map { .string($0.description) }, "author": .string(author),
            "created_at": .string(createdAt.description),
        ])
    }
}

extension MailDestinationSummary {
    /// Who uses it, in the words of the command line.
    var users: [String] { uses + workers.map { "worker \($0)" } }

    var document: DocumentValue {
        guard case .object(let members) = destination.document else { return destination.document }
        return .object(
            members + [
                DocumentMember("used_by", .array(uses.map { .string($0) })),
                DocumentMember("delivered", .int(figures?.delivered ?? 0)),
                DocumentMember("deferred", .int(figures?.deferred ?? 0)),
                DocumentMember("bounced", .int(figures?.bounced ?? 0)),
                DocumentMember("last_failure", figures?.lastFailure.map { .string($0) } ?? .null),
            ])
    }
}
