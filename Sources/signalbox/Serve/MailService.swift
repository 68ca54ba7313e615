internal import ControlPlane
internal import CurlTransport
internal import EdgeModel
internal import Glibc
internal import Logging
internal import MailRouting
internal import PostfixEndpoints
internal import PostfixProtocol
internal import Synchronization

/// The mail side of the server: answers Postfix by what the state says is in force, and records what Postfix's log tells.
///
/// Reads and writes over connections of its own, so that neither waits for what the edge does.
actor MailService {
    private let control: MailControl
    private let server: EndpointServer
    private let recorder: MailRecorder?
    private let srs: SRS
    private let log: Logger
    private let shared: SharedPlan
    private var shelf: MailRulesetShelf
    private var desk: RoutingDesk
    private let ledger: any MailLedger
    private var recording: Task<Void, Never>?
    private var forgetting: Task<Void, Never>?
    /// Milliseconds for which activity, and counters in time, are kept.
    private static let retention: Int64 = 30 * 86_400_000

    /// What is in force, for the recorder.
    private final class SharedPlan: Sendable {
        private let value: Mutex<(plan: MailPlan, pending: Set<MailAddress>)>
        init(_ plan: MailPlan, pending: Set<MailAddress>) { value = Mutex((plan, pending)) }
        var plan: MailPlan { value.withLock { $0.plan } }
        /// Destinations that have not confirmed yet, folded.
        var pending: Set<MailAddress> { value.withLock { $0.pending } }
        func set(_ plan: MailPlan) { value.withLock { $0.plan = plan } }
        func set(pending: Set<MailAddress>) { value.withLock { $0.pending = pending } }
    }

    /// - Parameters:
    ///   - sockets: the folder of the sockets.
    ///   - logFile: Postfix's log; nil: nothing is counted.
    ///   - store: one that nobody else uses.
    init(
        sockets: String, logFile: String?, session: Session, store: any MailStore, ledger: any MailLedger, log: Logger
    ) async throws {
        control = MailControl(store: store, plane: session.plane(over: store))
        self.log = log
        self.ledger = ledger
        srs = SRS(secret: try Self.secret(beside: session.statePath))
        var shelf = MailRulesetShelf()
        let desk = try Self.desk(control, &shelf, srs, after: nil)
        (self.shelf, self.desk) = (shelf, desk)
        let shared = SharedPlan(desk.plan, pending: try Self.pending(control))
        self.shared = shared
        let memory = DecisionMemory()
        let environment = session.environment
        let runner = WorkerRunner(
            web: CurlTransport(), programs: WorkerProcess(),
            secret: { Array(try Secret.resolve($0, option: "secret", environment).utf8) }, now: TimeText.now)
        do {
            server = try await EndpointServer(
                folder: sockets, desk: desk, memory: memory, runner: runner, now: TimeText.now, log: log)
        } catch let error as EndpointServer.Failure {
            throw ErrorReport(.unavailable, at: error.place, error.message, remedy: error.remedy)
        }
        recorder = logFile.map {
            MailRecorder(
                path: $0, ledger: ledger, memory: memory, plan: { shared.plan }, pending: { shared.pending },
                now: TimeText.now, log: log)
        }
        log.info(
            "answering Postfix",
            metadata: ["sockets": "\(sockets)", "domains": "\(desk.plan.domains.count)", "log": "\(logFile ?? "-")"])
    }

    /// Begins to record, and to forget what is old.
    func start() {
        guard let recorder else { return }
        recording = Task { await recorder.run() }
        let (ledger, log) = (ledger, log)
        forgetting = Task {
            repeat {
                do {
                    let gone = try ledger.prune(before: TimeText.now().advanced(byMilliseconds: -Self.retention))
                    if gone > 0 { log.info("old mail activity forgotten", metadata: ["rows": "\(gone)"]) }
                } catch {
                    log.warning("old mail activity is not forgotten: \(ErrorReport(error).message)")
                }
            } while (try? await Task.sleep(for: .seconds(3_600))) != nil
        }
    }

    /// Brings the answers to what the state says now.
    func refresh() {
        do {
            shared.set(pending: try Self.pending(control))
            let fresh = try Self.desk(control, &shelf, srs, after: desk)
            let isSame =
                fresh.plan.digest == desk.plan.digest && fresh.workers == desk.workers
                && fresh.verified == desk.verified
            guard !isSame else { return }
            if fresh.plan.digest != desk.plan.digest {
                log.info("mail rules in force", metadata: ["domains": "\(fresh.plan.domains.count)"])
            }
            desk = fresh
            shared.set(fresh.plan)
            server.use(fresh)
        } catch {
            log.error("mail rules not brought into force: \(ErrorReport(error).message)")
        }
    }

    /// Records what Postfix has written until now, and ends.
    func stop() async {
        await server.stop()
        forgetting?.cancel()
        recording?.cancel()
        await recording?.value
        await recorder?.finish()
    }

    private static func desk(
        _ control: MailControl, _ shelf: inout MailRulesetShelf, _ srs: SRS, after old: RoutingDesk?
    ) throws -> RoutingDesk {
        let plan = try control.livePlan(&shelf, reusing: old?.plan ?? .empty)
        let workers = Dictionary(try control.workers().map { ($0.name, $0) }) { $1 }
        let verified = try control.store.readMail { try $0.mailDestinations() }.filter(\.isVerified)
        return RoutingDesk(
            plan: plan, srs: srs, workers: workers, verified: Set(verified.map(\.address.folded)), since: TimeText.now()
        )
    }

    private static func pending(_ control: MailControl) throws -> Set<MailAddress> {
        Set(try control.store.readMail { try $0.mailDestinations() }.filter { !$0.isVerified }.map(\.address.folded))
    }

    /// The key of rewritten senders lies beside the state: return addresses must hold for weeks, over every restart.
    private static func secret(beside state: String) throws -> [UInt8] {
        let path = state + ".srs"
        if let known = try TextFile.readIfPresent(path), known.count >= 32 { return known }
        var random = SystemRandomNumberGenerator()
        let digits = Array("0123456789abcdef")
        let text = String((0..<64).map { _ in digits[Int.random(in: 0..<16, using: &random)] })
        try TextFile.write(text, to: path, mode: 0o600)
        return Array(text.utf8)
    }
}
