internal import Foundation
internal import Glibc
internal import Logging

/// Runs what ``Supervision`` decides: the one place that starts and ends Envoy.
final class EnvoySupervisor: Sendable {
    struct Hooks: Sendable {
        /// Just before each start, so that nothing of the process before is taken for the new one's.
        var willLaunch: @Sendable () async -> Void
        var didLaunch: @Sendable (ProcessIdentity, _ restarts: Int) -> Void
        /// Ask Envoy to let its clients go.
        var drain: @Sendable () async -> Void
    }

    private enum Message: Sendable {
        case event(Supervision.Event)
        case ended(ProcessEnd)
    }

    private let plan: ChildProgram.Plan
    private let stale: StaleEnvoy
    private let drain: Duration
    private let hooks: Hooks
    private let logger: Logger
    private let messages: AsyncStream<Message>
    private let mailbox: AsyncStream<Message>.Continuation

    init(plan: ChildProgram.Plan, stale: StaleEnvoy, drain: Duration, hooks: Hooks, logger: Logger) {
        self.plan = plan
        self.stale = stale
        self.drain = drain
        self.hooks = hooks
        self.logger = logger
        (messages, mailbox) = AsyncStream.makeStream()
    }

    func stop() { mailbox.yield(.event(.stop)) }
    func cycle() { mailbox.yield(.event(.cycle)) }

    /// Starts Envoy and keeps it running; returns when it has ended after ``stop()``. Call it once.
    func run() async {
        let clock = ContinuousClock()
        var supervision = Supervision(drain: drain)
        var child: ChildProgram?
        var launchedAt = clock.now
        var actions = supervision.handle(.begin)
        var isFinished = false
        var iterator = messages.makeAsyncIterator()
        while true {
            for action in actions {
                switch action {
                case .launch:
                    await hooks.willLaunch()
                    launchedAt = clock.now
                    child = await launch(restarts: supervision.restarts)
                case .drain:
                    let hooks = hooks
                    Task { await hooks.drain() }
                case .terminate: child?.signal(SIGTERM)
                case .kill: child?.signal(SIGKILL)
                case .wait(let pause, let timer):
                    let mailbox = mailbox
                    Task {
                        try? await Task.sleep(for: pause)
                        mailbox.yield(.event(.timer(timer)))
                    }
                case .finish: isFinished = true
                }
            }
            if isFinished { return }
            guard let message = await iterator.next() else {
                // Only a cancelled task gets here; Envoy must not outlive it.
                child?.signal(SIGKILL)
                return
            }
            switch message {
            case .event(let event): actions = supervision.handle(event)
            case .ended(let end):
                let run = clock.now - launchedAt
                actions = supervision.handle(.ended(after: run))
                stale.forget()
                child = nil
                let level: Logger.Level = supervision.isStopping ? .info : .error
                logger.log(level: level, "Envoy ended", metadata: ["how": "\(end)", "after": "\(run)"])
            }
        }
    }

    private func launch(restarts: Int) async -> ChildProgram? {
        let mailbox = mailbox
        do {
            let child = try await ChildProgram.start(plan) { mailbox.yield(.ended($0)) }
            if let identity = ProcessIdentity(running: child.pid) {
                do { try stale.note(identity) } catch { logger.error("cannot note Envoy's process: \(error)") }
                hooks.didLaunch(identity, restarts)
                logger.info("Envoy started", metadata: ["process": "\(identity)"])
            }
            mailbox.yield(.event(.launched))
            return child
        } catch {
            logger.error("Envoy cannot be started: \(error)")
            mailbox.yield(.event(.launchFailed))
            return nil
        }
    }
}
