internal import ArgumentParser
internal import ControlPlane
internal import CurlTransport
internal import EdgeModel
internal import Glibc
internal import MailRouting
internal import PostfixEndpoints
internal import PostfixProtocol

extension EmailWorkerVerb {
    /// Asks a worker about a message in a file; nothing is sent on.
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test", abstract: "Ask a worker about a message in a file; exit 1 when it gives no verdict.",
            discussion: Examples.text(
                "signalbox email worker test screen message.eml", "signalbox email worker test message.eml",
                "cat a.eml | signalbox email worker test screen - --to info@example.com --from alice@a.example",
                before: """
                    Nothing is sent. Without a name the only worker there is gets asked. Recipient and sender are --to and \
                    --from, or what the message says: Delivered-To, X-Original-To or To, and Return-Path or From.
                    """))

        @Argument(help: "Name of the worker; may be left out where there is one.", completion: .file())
        var worker: String
        @Argument(help: "The message, headers and body; - is standard input.", completion: .file()) var file: String?
        @Option(help: ArgumentHelp("The recipient.", valueName: "address")) var to: String?
        @Option(help: ArgumentHelp("The sender; <> for the null sender.", valueName: "address")) var from: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            signal(SIGPIPE, SIG_IGN)
            let session = try Session(global)
            let control = try session.mail(.reading)
            let (worker, file) = try asked(control)
            let verified = Set(
                try control.store.readMail { try $0.mailDestinations() }.filter(\.isVerified).map(\.address.folded))
            let message = try TextFile.read(file)
            let headers = MailMessage.headers(of: message)
            guard let recipient = try to.map(MailNames.address) ?? MailMessage.recipient(in: headers) else {
                throw ErrorReport(
                    .usage, at: file, "it does not say to whom the message is", remedy: "say it: --to info@example.com")
            }
            let sender = from ?? MailMessage.sender(in: headers)?.description ?? ""
            let request = WorkerRequest(
                message: message, rule: "test", sender: sender == "<>" ? "" : sender, recipient: recipient,
                trusting: nil)
            let environment = session.environment
            let runner = WorkerRunner(
                web: CurlTransport(), programs: WorkerProcess(),
                secret: { Array(try Secret.resolve($0, option: "secret", environment).utf8) }, now: TimeText.now)
            let start = ContinuousClock.now
            let result: Result<WorkerVerdict, WorkerError>
            do throws(WorkerError) {
                result = .success(try await runner.verdict(of: worker, on: request, verified: verified))
            } catch {
                result = .failure(error)
            }
            let milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
            // It may decide and still not do what it is for.
            session.tell(try control.findings(of: worker))
            switch result {
            case .success(let verdict):
                session.output.show(verdict.word, Self.document(verdict, milliseconds)) {
                    [Output.Piece("\(Self.sentence(verdict)) (\(milliseconds) ms)", .good)]
                }
            case .failure(let error):
                let document: DocumentValue = .object([
                    "verdict": .null, "failure": .string(error.message), "milliseconds": .int(milliseconds),
                    "then": .string(EmailWorkerVerb.policy(worker.onFailure)),
                ])
                session.output.show("failed", document) {
                    [
                        Output.Piece("no verdict: \(error.message) (\(milliseconds) ms)", .bad),
                        Output.Piece("so its mail meets: \(EmailWorkerVerb.policy(worker.onFailure))"),
                    ]
                }
                throw ExitCode(1)
            }
        }

        private func asked(_ control: MailControl) throws -> (worker: MailWorker, file: String) {
            if let file { return (try control.worker(named: try EmailWorkerVerb.name(worker)), file) }
            let known = try control.workers()
            // The one word there is names a worker: it is the message that was left out.
            guard access(worker, F_OK) == 0 || !known.contains(where: { $0.name.rawValue == worker }) else {
                throw ErrorReport(
                    .usage, at: "email worker test \(worker)", "the message to ask worker \(worker) about is missing",
                    remedy: "signalbox email worker test \(worker) message.eml")
            }
            guard let only = known.first, known.count == 1 else {
                throw ErrorReport(
                    .usage, at: "email worker test \(worker)",
                    known.isEmpty ? "there is no worker" : "there are \(known.count) workers",
                    remedy: known.isEmpty
                        ? "signalbox email worker new --starter blocklist"
                        : "signalbox email worker test \(known[0].name) \(ShellWord.quoted(worker))")
            }
            return (only, worker)
        }

        private static func sentence(_ verdict: WorkerVerdict) -> String {
            let tags = verdict.tags.map { "; adds \($0.name): \($0.value)" }.joined()
            return switch verdict.action {
            case .forward(let to): "forward to " + to.map(\.description).joined(separator: ", ") + tags
            case .drop: "drop"
            case .reject(let reason): "reject: 550 5.7.1 \(reason)"
            }
        }

        private static func document(_ verdict: WorkerVerdict, _ milliseconds: Int) -> DocumentValue {
            var to: [MailAddress] = []
            var reason: String?
            switch verdict.action {
            case .forward(let addresses): to = addresses
            case .reject(let text): reason = text
            case .drop: break
            }
            return .object([
                "verdict": .string(verdict.word), "to": .array(to.map { .string($0.description) }),
                "reason": reason.map { .string($0) },
                "tags": .object(verdict.tags.map { DocumentMember($0.name, .string($0.value)) }),
                "milliseconds": .int(milliseconds),
            ])
        }
    }
}
