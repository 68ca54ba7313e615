internal import EdgeModel
internal import EdgePlan
internal import FoundationEssentials
internal import Logging

/// Gathers what `serve` cannot see and pushes it: runs what ``ReportSchedule`` decides.
///
/// It never stands in the way of serving: reports that cannot be pushed are dropped, later ones hold the same counters,
/// and the refusals and failing requests not yet told.
final class Reporter: Sendable {
    enum Event: Sendable {
        case relay(RelayState.Event)
        /// Read for the relay, which tells `serve` what it means for clusters.
        case warming(EnvoyStats)
        case logged(LoggedRefusal)
        case envoyStarts
        case envoyRuns(ProcessIdentity, restarts: Int)
        case due(Int)
    }

    private let node: ResourceName
    private let client: ControlPlaneClient
    private let admin: EnvoyAdmin
    private let certificates: CertificateDesk
    private let failing: FailingDesk?
    private let now: @Sendable () -> Timestamp
    private let chance: @Sendable () -> Double
    private let logger: Logger
    private let events: AsyncStream<Event>
    private let mailbox: AsyncStream<Event>.Continuation

    /// - Parameter failing: requests that failed; nil: no access log is read.
    init(
        node: ResourceName, client: ControlPlaneClient, admin: EnvoyAdmin, certificates: CertificateDesk,
        failing: FailingDesk?, now: @escaping @Sendable () -> Timestamp, chance: @escaping @Sendable () -> Double,
        logger: Logger
    ) {
        self.node = node
        self.client = client
        self.admin = admin
        self.certificates = certificates
        self.failing = failing
        self.now = now
        self.chance = chance
        self.logger = logger
        (events, mailbox) = AsyncStream.makeStream()
    }

    func tell(_ event: Event) { mailbox.yield(event) }

    /// What is being gathered, all on one task.
    private struct Gathering {
        var schedule = ReportSchedule()
        var journal = RefusalJournal()
        /// Not yet told; the newest of each kind.
        var refusals: [ResourceKind: String] = [:]
        var process: ProcessIdentity?
        var restarts = 0
        var isFailing = false
    }

    /// Runs until cancelled. Call it once.
    func run() async {
        let clock = ContinuousClock()
        let start = clock.now
        var gathering = Gathering()
        var alarm = 0
        for await event in events {
            take(event, into: &gathering, at: clock.now - start)
            guard gathering.process != nil else { continue }
            while !Task.isCancelled {
                let (task, due) = gathering.schedule.next()
                let time = clock.now - start
                if due > time {
                    alarm += 1
                    wake(after: due - time, alarm)
                    break
                }
                if case .due(let number) = event, number != alarm { break }
                switch task {
                case .readWarming:
                    let stats = await admin.warming()
                    note(stats, in: &gathering, at: clock.now - start)
                case .report: await report(&gathering) { clock.now - start }
                }
            }
        }
    }

    private func wake(after pause: Duration, _ alarm: Int) {
        let mailbox = mailbox
        Task {
            try? await Task.sleep(for: pause)
            mailbox.yield(.due(alarm))
        }
    }

    private func take(_ event: Event, into gathering: inout Gathering, at time: Duration) {
        switch event {
        case .due: break
        case .envoyStarts: gathering.journal.envoyStarts()
        case .envoyRuns(let process, let restarts):
            gathering.process = process
            gathering.restarts = restarts
            gathering.schedule.envoyStarts()
        case .warming(let stats):
            gathering.schedule.readByRelay(version: stats.clustersVersion, warming: stats.warmingClusters, at: time)
        case .logged(let refusal): keep(gathering.journal.logged(refusal), in: &gathering)
        case .relay(.sent(let subscription, _)):
            if let kind = subscription.resource { gathering.journal.sent(kind) }
        case .relay(.accepted(let subscription, let version)):
            guard let kind = subscription.resource else { return }
            gathering.journal.accepted(kind)
            if kind == .clusters { gathering.schedule.clustersAccepted(version, at: time) }
            if kind == .listeners { gathering.schedule.listenersAccepted(version, at: time) }
        case .relay(.refused(let subscription, let version)):
            guard let kind = subscription.resource else { return }
            logger.warning("Envoy refused \(subscription)", metadata: ["version": "\(version.prefix(12))"])
            keep(gathering.journal.refused(kind), in: &gathering)
        case .relay(.keep): break
        }
    }

    private func keep(_ refusal: NodeReport.Refusal?, in gathering: inout Gathering) {
        guard let refusal else { return }
        let reason = RefusalText.clean(refusal.reason, secret: client.secret)
        logger.warning("Envoy refused \(refusal.kind.rawValue): \(reason)")
        gathering.refusals[refusal.kind] = reason
        gathering.schedule.hurry()
    }

    private func note(_ stats: EnvoyStats?, in gathering: inout Gathering, at time: Duration) {
        if let stats {
            gathering.schedule.read(
                version: stats.clustersVersion, warming: stats.warmingClusters,
                listenersVersion: stats.listenersVersion, warmingListeners: stats.warmingListeners, at: time)
        } else {
            gathering.schedule.cannotRead(at: time)
        }
    }

    private func report(_ gathering: inout Gathering, time: () -> Duration) async {
        guard let process = gathering.process else { return }
        gathering.schedule.reportBegins(at: time())
        async let moduleFigures = admin.module()
        let stats = await admin.stats()
        let module = await moduleFigures
        if stats != nil { note(stats, in: &gathering, at: time()) }
        let told = gathering.refusals
        let failed = failing?.take()
        var figures = module?.figures ?? NodeFigures()
        figures.clusters = stats?.clusters ?? []
        let report = NodeReport(
            node: node, at: now(), process: "\(process)",
            clustersVersion: stats?.clustersVersion.flatMap { Digest(rawValue: $0) },
            warmingClusters: stats?.warmingClusters ?? 0, listenersVersion: stats?.listenersVersion,
            warmingListeners: stats?.warmingListeners,
            refusals: told.sorted { $0.key.rawValue < $1.key.rawValue }.map { .init(kind: $0.key, reason: $0.value) },
            restarts: gathering.restarts, residentBytes: process.residentBytes,
            figures: figures, certificates: await certificates.inspections(), failing: failed)
        let isTaken = await push(report, isFailing: gathering.isFailing)
        gathering.isFailing = !isTaken
        gathering.schedule.reportEnded(isTaken: isTaken, at: time(), chance: chance())
        if isTaken {
            gathering.refusals = gathering.refusals.filter { told[$0.key] != $0.value }
        } else if let failed {
            failing?.putBack(failed)
        }
    }

    private func push(_ report: NodeReport, isFailing: Bool) async -> Bool {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            try await client.report(Array(encoder.encode(report)), node: node.rawValue)
            return true
        } catch {
            if !isFailing { logger.warning("reports cannot be pushed: \(error)") }
            return false
        }
    }
}
