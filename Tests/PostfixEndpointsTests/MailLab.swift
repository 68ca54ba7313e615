import EdgeModel
import FoundationEssentials
import Logging
import MailRouting
import PostfixEndpoints
import PostfixProtocol
import Synchronization
import TestKit
import WebTransport

/// A real Postfix that asks our endpoints, with an SMTP server behind it that keeps what arrives.
final class MailLab: Sendable {
    let postfix: PostfixInstance
    let sink: MailSink
    /// The server that answers now.
    var endpoints: EndpointServer { running.withLock { $0 } }
    private let running: Mutex<EndpointServer>
    private let listen: @Sendable (RoutingDesk) async throws -> EndpointServer
    let ledger: LedgerFake
    private let recording: Task<Void, Never>
    private let recorder: MailRecorder

    static let secret = Array("a secret of at least sixteen bytes".utf8)
    static let now: @Sendable () -> Timestamp = {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }

    /// - Parameter since: when the first plan came into force, for plans that are settled from the start.
    init(
        _ rulesets: MailRuleset..., workers: [MailWorker] = [], programs: any ProgramRunner = NoPrograms(),
        since: Timestamp = Timestamp(milliseconds: 0)
    ) async throws {
        let sink = try MailSink()
        let prepared = try PostfixInstance.prepare(
            relay: sink.address, settings: PostfixSettings(sockets: "signalbox", present: ["maillog_file": "x"]).text)
        let desk = try Self.desk(rulesets, workers, since)
        let memory = DecisionMemory()
        let log = Logger(label: "lab") { _ in SwiftLogNoOpLogHandler() }
        let runner = WorkerRunner(web: NoWeb(), programs: programs, secret: { _ in Self.secret }, now: Self.now)
        listen = { desk in
            try await EndpointServer(
                folder: prepared.queue + "/signalbox", desk: desk, memory: memory, runner: runner, now: Self.now,
                log: log)
        }
        running = Mutex(try await listen(desk))
        let ledger = LedgerFake()
        postfix = try await prepared.start()
        self.sink = sink
        self.ledger = ledger
        let box = DeskBox(desk)
        self.box = box
        recorder = MailRecorder(
            path: postfix.logFile, ledger: ledger, memory: memory, plan: { box.plan }, now: Self.now, log: log)
        let recorder = recorder
        recording = Task { await recorder.run() }
        try await eventually("the recorder's start") { ledger.position != nil }
    }

    private let box: DeskBox

    /// The plan of the newest call, for the recorder's thread.
    private final class DeskBox: Sendable {
        private let value: Mutex<MailPlan>
        init(_ desk: RoutingDesk) { value = Mutex(desk.plan) }
        var plan: MailPlan { value.withLock { $0 } }
        func set(_ plan: MailPlan) { value.withLock { $0 = plan } }
    }

    func use(_ rulesets: MailRuleset..., workers: [MailWorker] = [], since: Timestamp = MailLab.now()) throws {
        let desk = try Self.desk(rulesets, workers, since)
        box.set(desk.plan)
        endpoints.use(desk)
    }

    /// Listens again after the endpoints were stopped.
    func restart(_ rulesets: MailRuleset...) async throws {
        let server = try await listen(try Self.desk(rulesets, [], Timestamp(milliseconds: 0)))
        running.withLock { $0 = server }
    }

    /// Ends everything; what is left when a test fails goes with its process.
    func stop() async {
        await postfix.stop()
        recording.cancel()
        await recorder.finish()
        await endpoints.stop()
    }

    private static func desk(
        _ rulesets: [MailRuleset], _ workers: [MailWorker], _ since: Timestamp
    ) throws -> RoutingDesk {
        let verified = Set(rulesets.flatMap(\.liveDestinations).map(\.folded)).union(
            Self.addresses("w1@out.test", "w2@out.test"))
        let live = rulesets.map { LiveMailDomain(ruleset: $0, version: 1) }
        return RoutingDesk(
            plan: try MailPlan(live, verified: verified), srs: SRS(secret: secret),
            workers: Dictionary(uniqueKeysWithValues: workers.map { ($0.name, $0) }), verified: verified, since: since)
    }

    static func addresses(_ texts: String...) -> [MailAddress] { texts.compactMap { MailAddress($0) } }

    @discardableResult
    func send(
        from sender: String = "alice@sender.test", to recipients: String..., text: String = "Subject: hi\n\nbody\n"
    ) async throws -> SMTPClient.Outcome {
        try await SMTPClient.send(to: postfix.smtp, from: sender, recipients: recipients, text: text)
    }

    struct NoPrograms: ProgramRunner {
        func run(
            _ command: [String], input: [UInt8], variables: [String: String], within time: Duration, limit: Int
        ) async throws(WorkerError) -> [UInt8] { throw WorkerError("no programs here") }
    }

    private struct NoWeb: WebTransport {
        func send(_ request: WebRequest) async throws(WebError) -> WebResponse {
            throw WebError(.cannotConnect, subject: "", message: "no web here", remedy: "")
        }
    }
}

/// The ledger's contract over arrays: known keys are passed over.
final class LedgerFake: MailLedger {
    private struct State {
        var events: [MailEvent] = []
        var keys: Set<String> = []
        var position: String?
        var refusals = 0
    }

    private let state = Mutex(State())

    var events: [MailEvent] { state.withLock { $0.events } }
    var position: String? { state.withLock { $0.position } }

    /// So many of the next transactions fail.
    func refuse(_ count: Int) { state.withLock { $0.refusals = count } }

    var decided: [(recipient: String, rule: String?, outcome: MailDecision.Outcome.Word)] {
        events.compactMap { event in
            guard case .decided(let decided) = event.kind else { return nil }
            return (event.recipient.description, decided.rule, decided.outcome)
        }
    }

    var deliveries: [(recipient: String, delivery: MailDelivery)] {
        events.compactMap { event in
            guard case .delivery(let delivery) = event.kind else { return nil }
            return (event.recipient.description, delivery)
        }
    }

    struct Refused: Error {}

    func record(_ events: [MailEvent], reader: String, position: String) throws -> Int {
        try state.withLock { state in
            if state.refusals > 0 {
                state.refusals -= 1
                throw Refused()
            }
            let new = events.filter { state.keys.insert($0.key).inserted }
            state.events += new
            state.position = position
            return new.count
        }
    }

    func record(_ events: [MailEvent]) throws -> Int { 0 }
    func activity(_ filter: MailActivityFilter) throws -> [MailActivity] { [] }
    func counters(domain: String?) throws -> [MailRuleCounters] { [] }
    func counters(domain: String?, from: Timestamp, until: Timestamp) throws -> [MailCounterSpan] { [] }
    func workerFigures(since: Timestamp) throws -> [MailWorkerFigures] { [] }
    func destinationFigures() throws -> [MailDestinationFigures] { [] }
    func position(of reader: String) throws -> String? { position }
    func prune(before: Timestamp) throws -> Int { 0 }
}
