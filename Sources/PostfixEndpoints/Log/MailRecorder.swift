package import EdgeModel
package import Logging
package import MailRouting
internal import PostfixProtocol
internal import Synchronization

/// What the endpoints remember of decisions until the log tells that they count: bounded, the oldest go first.
package final class DecisionMemory: Sendable {
    private struct Key: Hashable {
        let queueID: String
        let recipient: MailAddress
    }

    private struct State {
        var details: [Key: MailDecided] = [:]
        var order: [Key] = []
        var workers: [MailEvent] = []
    }

    private let state = Mutex(State())
    private static let most = 20_000

    package init() {}

    package func keep(_ decided: MailDecided, queueID: String, recipient: MailAddress) {
        let key = Key(queueID: queueID, recipient: recipient)
        state.withLock { state in
            if state.details.updateValue(decided, forKey: key) == nil { state.order.append(key) }
            guard state.order.count > Self.most else { return }
            for old in state.order.prefix(Self.most / 2) { state.details[old] = nil }
            state.order.removeFirst(Self.most / 2)
        }
    }

    func details(_ queueID: String, _ recipient: MailAddress) -> MailDecided? {
        state.withLock { $0.details[Key(queueID: queueID, recipient: recipient)] }
    }

    /// What a worker said: the log does not tell it.
    package func keep(_ event: MailEvent) {
        state.withLock { state in
            if state.workers.count < Self.most { state.workers.append(event) }
        }
    }

    func takeWorkers() -> [MailEvent] {
        state.withLock { state in
            defer { state.workers = [] }
            return state.workers
        }
    }

    func putBack(_ events: [MailEvent]) { state.withLock { $0.workers = events + $0.workers } }
}

/// Reads Postfix's log into the ledger: the events of some lines and the place behind them in one transaction, so that
/// each counts once whatever happens to this process.
package actor MailRecorder {
    private let ledger: any MailLedger
    private let memory: DecisionMemory
    private let plan: @Sendable () -> MailPlan
    private let pending: @Sendable () -> Set<MailAddress>
    private let now: @Sendable () -> Timestamp
    private let log: Logger
    private var file: LogFile
    private var reader = LogReader()
    private var isOpen = false
    private var isFailing = false
    private var recorded: LogReader.Place?

    /// - Parameter pending: destinations that have not confirmed yet, folded.
    package init(
        path: String, ledger: any MailLedger, memory: DecisionMemory, plan: @escaping @Sendable () -> MailPlan,
        pending: @escaping @Sendable () -> Set<MailAddress> = { [] },
        now: @escaping @Sendable () -> Timestamp, log: Logger
    ) {
        file = LogFile(path)
        self.ledger = ledger
        self.memory = memory
        self.plan = plan
        self.pending = pending
        self.now = now
        self.log = log
    }

    /// Follows the log until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            _ = await read()
            // What came meanwhile is one transaction; without the pause each line of a busy log would be one.
            if !file.isBehind { try? await Task.sleep(for: .milliseconds(100)) }
        }
    }

    /// Reads what there is, to the end.
    package func finish() async {
        while await read() > 0 {}
        file.close()
    }

    /// - Returns: how many lines were read and recorded.
    private func read() async -> Int {
        if !isOpen {
            guard let kept = await position() else { return 0 }
            file.open(at: kept.flatMap { LogReader.Place($0) })
            isOpen = true
            if kept == nil, await !record([], at: file.place) { isOpen = false }
            return 0
        }
        let before = (place: file.place, reader: reader)
        let lines = file.lines()
        let workers = memory.takeWorkers()
        guard !lines.isEmpty || !workers.isEmpty else { return 0 }
        let (plan, pending, time, memory) = (plan(), pending(), now(), memory)
        var events = workers
        for line in lines {
            events += reader.read(
                line.text, at: line.place, now: time, plan: plan, awaiting: pending, details: memory.details)
        }
        reader.forget(before: time.advanced(byMilliseconds: -600_000))
        let place = reader.resumption(at: file.place)
        // Lines that tell nothing are read again after a restart; that is cheaper than a transaction for each.
        if events.isEmpty, place.file == recorded?.file, place.offset < (recorded?.offset ?? 0) + 65_536 {
            return lines.count
        }
        if await record(events, at: place) { return lines.count }
        // The log keeps what the ledger cannot take now.
        file.close()
        file.open(at: before.place)
        reader = before.reader
        memory.putBack(workers)
        return 0
    }

    /// Nil when the ledger cannot be read.
    private func position() async -> String?? {
        do {
            return .some(try await Self.blocking { [ledger] in try ledger.position(of: MailLogReader.name) })
        } catch {
            report(error)
            return nil
        }
    }

    private func record(_ events: [MailEvent], at place: LogReader.Place) async -> Bool {
        do {
            try await Self.blocking { [ledger] in
                _ = try ledger.record(events, reader: MailLogReader.name, position: place.text)
            }
            isFailing = false
            recorded = place
            return true
        } catch {
            report(error)
            return false
        }
    }

    private func report(_ error: any Error) {
        if !isFailing { log.warning("mail is not recorded yet: \(error)") }
        isFailing = true
    }

    @concurrent
    private static func blocking<T: Sendable>(_ body: @Sendable () throws -> T) async throws -> T { try body() }
}
