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
                "signalbox email worker test screen message.eml --to info@example.com",
                "cat a.eml | signalbox email worker test screen - --to info@example.com --from alice@a.example"
            ))

        @Argument(help: "Name of the worker.") var name: String
        @Argument(help: "The message, headers and body; - is standard input.", completion: .file()) var file: String
        @Option(help: ArgumentHelp("The recipient.", valueName: "address")) var to: String
        @Option(help: ArgumentHelp("The sender.", valueName: "address")) var from = ""
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            signal(SIGPIPE, SIG_IGN)
            let session = try Session(global)
            let control = try session.mail(.reading)
            let worker = try control.worker(named: try EmailWorkerVerb.name(name))
            let verified = Set(
                try control.store.readMail { try $0.mailDestinations() }.filter(\.isVerified).map(\.address.folded))
            let request = WorkerRequest(
                message: try TextFile.read(file), rule: "test", sender: from,
                recipient: try MailNames.address(to), trusting: nil)
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
