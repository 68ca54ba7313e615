internal import EdgeModel
internal import EdgePlan
internal import EnvoyConfig
internal import FleetProtocol
internal import Logging

/// The shell around `FleetRollout`: requests that wait, events told, figures added up.
actor FleetRegistry {
    private struct Key: Hashable {
        var node: ResourceName
        var kind: ResourceKind
        var piece: RoutePiece
    }

    private struct Waiter {
        var id: Int
        var until: Int64
        var continuation: CheckedContinuation<DiscoveryAnswer?, Never>
    }

    private struct Idler {
        var until: Int64
        var continuation: CheckedContinuation<Void, Never>
    }

    /// Somebody who waits for nodes to take on clusters.
    private struct Preparation {
        var names: [String]
        var until: Int64
        var continuation: CheckedContinuation<OriginReadiness, Never>
    }

    private var rollout: FleetRollout
    private var delivery = RouteDelivery()
    private var waiters: [Key: [Waiter]] = [:]
    private var idlers: [Int: Idler] = [:]
    private var preparation: Preparation?
    /// The last of those that ask for it one after the other.
    private var preparing: Task<OriginReadiness, Never>?
    private var lastWaiter = 0
    private var status = FleetStatus()
    private var ledgers: [ResourceName: FiguresLedger] = [:]
    private var lastUnauthorized: [ResourceName: Int64] = [:]
    private var lastTicket = 0
    private var rendered: ResourceSet?
    private var isClosing = false
    private let hold: Int64
    private let trial: Int64
    private let broadcast: EventBroadcast
    private let memory: MemoryFile?
    private let logger: Logger
    private var remembered = 0
    private var saving: Task<Void, Never>?
    private let now: @Sendable () -> Timestamp

    init(
        _ rollout: FleetRollout, hold: Int64, trial: Int64, broadcast: EventBroadcast, memory: String?, logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.rollout = rollout
        self.memory = memory.map { MemoryFile(path: $0) }
        self.logger = logger
        if let memory, let kept = MemoryFile.load(memory) { self.rollout.restore(kept, at: now().milliseconds) }
        self.hold = hold
        self.trial = trial
        self.broadcast = broadcast
        self.now = now
    }

    private var time: Int64 { now().milliseconds }

    // MARK: publishing

    /// The rendering on the way out, for taking over what did not change.
    func latest() -> ResourceSet? { rendered }

    /// - Parameter ticket: of two publications the one with the higher ticket began later and wins.
    /// - Parameter unknown: of ``journalWords``, those that the journal does not contain.
    func install(
        _ set: ResourceSet, digests: NetworkDigests, journal: JournalPosition?, deployments: DeploymentMarks,
        unknown: [JournalGuard.Word], ticket: Int
    ) {
        guard ticket > lastTicket else { return }
        lastTicket = ticket
        rendered = set
        let time = time
        for network in Network.allCases {
            status.expect(digests[network], in: network, at: Timestamp(milliseconds: time))
        }
        tell(rollout.judge(unknown: unknown, at: time))
        tell(delivery.publish(set, &rollout, at: time))
        tell(rollout.publish(set, digests: digests, journal: journal, deployments: deployments, at: time))
        answerWaiting(at: time)
    }

    /// Offers clusters to all nodes ahead of a publication, and returns when every live one can use them, when one has
    /// refused, or when the time is over. One after the other: a node that refuses what one brings would be taken for one
    /// that refuses another's.
    /// - Parameter limit: milliseconds, of waiting for one's turn too.
    func prepare(_ clusters: [ClusterResource], within limit: Int64) async -> OriginReadiness {
        let until = time + limit
        let task = Task { [preparing] in
            _ = await preparing?.value
            return await offer(clusters, until: until)
        }
        preparing = task
        return await task.value
    }

    private func offer(_ clusters: [ClusterResource], until: Int64) async -> OriginReadiness {
        let time = time
        let names = rollout.offer(ahead: clusters, at: time)
        return await withCheckedContinuation { continuation in
            preparation = Preparation(names: names, until: until, continuation: continuation)
            answerWaiting(at: time)
        }
    }

    private func endPreparation(at time: Int64) {
        guard let preparation else { return }
        var readiness = rollout.readiness(of: preparation.names, at: time)
        for index in readiness.refused.indices {
            let node = readiness.refused[index].node
            // Another refusal of the node may have come since.
            guard let refusal = status.nodes[node]?.lastRefusal, refusal.kind == .clusters,
                refusal.version == rollout.refusedAhead(by: node)
            else { continue }
            readiness.refused[index].reason = refusal.reason
        }
        let isTold =
            readiness.refused.isEmpty
            ? readiness.waiting.isEmpty : readiness.refused.contains { $0.reason != nil }
        guard isTold || preparation.until <= time || isClosing else { return }
        self.preparation = nil
        preparation.continuation.resume(returning: readiness)
    }

    /// Places that the journal must contain for nodes to be sent anything.
    var journalWords: [JournalGuard.Word] { rollout.journalWords }

    func judge(unknown: [JournalGuard.Word]) {
        let time = time
        tell(rollout.judge(unknown: unknown, at: time))
        answerWaiting(at: time)
    }

    /// Where the published state stands in the journal.
    var publishedJournal: JournalPosition? { rollout.publishedJournal }

    // MARK: nodes

    enum Answer: Sendable {
        case new(DiscoveryAnswer)
        /// After the hold, at shutdown, or when the caller left.
        case notModified
        /// Nothing new; the node's next word shows that it lives.
        case again
        /// A node that begins with nothing was given a state that is none of ours: `node run` then starts its Envoy
        /// with what is on its disk.
        case closed
    }

    /// Answers when there is something new for the node.
    func poll(_ request: DiscoveryRequest) async -> Answer {
        let time = time
        let key = Key(node: request.node.name, kind: request.kind, piece: request.piece)
        // Envoy has one request of a kind at a time: one that still waits is a dead process's, and must not get the
        // answer that the new one is due.
        for waiter in waiters.removeValue(forKey: key) ?? [] { waiter.continuation.resume(returning: nil) }
        let before = (rollout.words, rollout.memoryChange)
        let events = delivery.hear(request, &rollout, at: time)
        tell(events)
        // What this request says may let others go on: the node's own routes, or everybody's removal of clusters. Most
        // say nothing new, and with shards thousands wait.
        if !events.isEmpty || before != (rollout.words, rollout.memoryChange) || request.version == nil {
            answerWaiting(at: time)
        }
        if let answer = delivery.answer(request.node.name, request.kind, request.piece, &rollout, at: time) {
            return .new(answer)
        }
        if request.version == nil, rollout.isClosed(to: request.node.name) { return .closed }
        guard !isClosing, !Task.isCancelled else { return .notModified }
        if delivery.isToAskAgain(request.node.name, request.kind, request.piece, rollout) {
            try? await Task.sleep(for: .milliseconds(trial))
            return .again
        }
        lastWaiter += 1
        let id = lastWaiter
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiters[key, default: []].append(Waiter(id: id, until: time + hold, continuation: continuation))
            }
        } onCancel: {
            Task { await self.abandon(key, id) }
        }
        return answer.map(Answer.new) ?? .notModified
    }

    /// Returns after the hold, at shutdown or when the caller left.
    func idle() async {
        guard !isClosing, !Task.isCancelled else { return }
        lastWaiter += 1
        let (id, until) = (lastWaiter, time + hold)
        await withTaskCancellationHandler {
            await withCheckedContinuation { idlers[id] = Idler(until: until, continuation: $0) }
        } onCancel: {
            Task { await self.release(id) }
        }
    }

    private func release(_ id: Int) { idlers.removeValue(forKey: id)?.continuation.resume() }

    func report(_ report: NodeReport) {
        ledgers[report.node, default: FiguresLedger()].take(report)
        let time = time
        tell(rollout.report(report, at: time))
        answerWaiting(at: time)
    }

    func leave(_ node: ResourceName) { rollout.leave(node) }

    /// Somebody came without the right token. Told once a minute and name; names are those of known nodes only.
    /// - Returns: whether it was told.
    func unauthorized(_ node: ResourceName) -> Bool {
        let time = time
        if let last = lastUnauthorized[node], time - last < 60_000 { return false }
        if lastUnauthorized.count >= 1_000 { lastUnauthorized = [:] }
        lastUnauthorized[node] = time
        tell([FleetEvent(node: node, at: Timestamp(milliseconds: time), .unauthorized)])
        return true
    }

    /// Called several times a second.
    func tick() {
        let time = time
        tell(rollout.tick(at: time))
        answerWaiting(at: time)
        for (key, list) in waiters {
            let over = list.filter { $0.until <= time }
            guard !over.isEmpty else { continue }
            waiters[key] = list.filter { $0.until > time }
            for waiter in over { waiter.continuation.resume(returning: nil) }
        }
        for (id, idler) in idlers where idler.until <= time { release(id) }
    }

    func snapshot() -> FleetSnapshot {
        FleetSnapshot(at: now(), status: status, figures: ledgers.mapValues(\.totals))
    }

    /// Milliseconds.
    private static let memoryRest: Int64 = 100

    /// Lets every waiting request go, and each one that comes after. What is remembered is in its file then.
    func close() async {
        isClosing = true
        let all = waiters.values.joined()
        waiters = [:]
        for waiter in all { waiter.continuation.resume(returning: nil) }
        for id in Array(idlers.keys) { release(id) }
        endPreparation(at: time)
        await saving?.value
        if let memory, rollout.memoryChange > remembered { await save(to: memory) }
    }

    // MARK: actions

    private func answerWaiting(at time: Int64) {
        tell(delivery.offer(&rollout, at: time))
        // What visitors see goes first: a machine that runs several nodes is busy with the rest afterwards.
        let urgent = waiters.keys.filter { $0.kind == .productionRoutes }
        for key in urgent + waiters.keys.filter({ $0.kind != .productionRoutes }) {
            guard let list = waiters[key], !list.isEmpty else { continue }
            guard let answer = delivery.answer(key.node, key.kind, key.piece, &rollout, at: time) else { continue }
            waiters[key] = nil
            for waiter in list { waiter.continuation.resume(returning: answer) }
        }
        endPreparation(at: time)
        remember()
    }

    /// Off the path of requests, after the answers are on their way: one at a time, and with a rest in between. Nodes
    /// speak all at once after a publication, and each word of theirs changes it.
    private func remember() {
        guard let memory, rollout.memoryChange > remembered, saving == nil else { return }
        saving = Task {
            var took = await save(to: memory)
            while rollout.memoryChange > remembered, !isClosing {
                // What takes long, because there are many zones, is done the less often.
                try? await Task.sleep(for: .milliseconds(max(Self.memoryRest, 10 * took)))
                took = await save(to: memory)
            }
            saving = nil
        }
    }

    /// - Returns: how long it took, in milliseconds.
    @discardableResult
    private func save(to memory: MemoryFile) async -> Int64 {
        let start = time
        remembered = rollout.memoryChange
        if let problem = await memory.save(rollout.memory, change: remembered) {
            logger.warning("the rollout's memory cannot be written", metadata: ["error": "\(problem)"])
        }
        return min(1_000, max(0, time - start))
    }

    private func abandon(_ key: Key, _ id: Int) {
        guard let index = waiters[key]?.firstIndex(where: { $0.id == id }) else { return }
        waiters[key]?.remove(at: index).continuation.resume(returning: nil)
    }

    private func tell(_ events: [FleetEvent]) {
        for event in events {
            status.apply(event)
            broadcast.send(event)
        }
    }
}
