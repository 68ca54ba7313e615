import Glibc
import Synchronization
import TestKit

/// One connection of a load run, on a thread of its own: kept alive and opened again whenever the server closes it, or
/// opened anew for each request.
final class LoadWorker: Sendable {
    let target: HostPort
    let index: Int
    private let plan: LoadPlan
    private let opensAnew: Bool
    private let isStopped = Atomic(false)
    private let isDone = Atomic(false)
    private let recent = Mutex(LoadTally())

    /// - Parameter opensAnew: opens a connection for each request, at the plan's pace for those; one such a target.
    init(index: Int, plan: LoadPlan, opensAnew: Bool = false) {
        self.index = index
        self.opensAnew = opensAnew
        self.plan = plan
        target = plan.target(ofConnection: index)
    }

    func start() {
        Blocking.detach {
            self.run()
            self.isDone.store(true, ordering: .releasing)
        }
    }

    /// No new request from now on; the one under way is still counted.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
    }

    var hasEnded: Bool { isDone.load(ordering: .acquiring) }

    /// What happened since the last call.
    func take() -> LoadTally {
        recent.withLock { tally in
            defer { tally = LoadTally() }
            return tally
        }
    }

    private var mustStop: Bool { isStopped.load(ordering: .relaxed) }

    private func run() {
        var connection: RawHTTPConnection?
        var isReused = false
        var number = index
        while true {
            let due = opensAnew ? plan.dueAnew(number) : plan.due(number)
            if let due { wait(until: due) }
            if mustStop { return }
            let request = plan.requests[number % plan.requests.count]
            number += opensAnew ? plan.targets.count : plan.connections
            if let open = connection, open.isStale {
                connection = nil
                recent.withLock { $0.idleCloses += 1 }
            }
            // With a pace, time counts from when the request was due: a stall delays those behind it too, and
            // leaving that out would flatter the server.
            let started = due ?? Monotonic.nanoseconds()
            do throws(SocketFailure) {
                let open: RawHTTPConnection
                if let connection {
                    open = connection
                } else {
                    open = try RawHTTPConnection(to: target, within: plan.timeout)
                    recent.withLock { $0.opened += 1 }
                    isReused = false
                }
                connection = open
                let expected = plan.expectation.now
                let answer = try open.exchange(request.bytes, within: plan.timeout)
                let taken = Monotonic.nanoseconds() &- started
                let closes = answer.closesConnection
                judge(answer, request, expected, isReused: isReused)
                recent.withLock {
                    $0.count(answer, header: plan.tallyHeader, nanoseconds: taken)
                    if closes { $0.agreedCloses += 1 }
                }
                connection = closes || opensAnew ? nil : open
                isReused = true
            } catch {
                let hadConnection = connection != nil
                connection = nil
                note(error, request, isReused: isReused && hadConnection)
                // Without a pace a server that is away would be tried some 100,000 times a second.
                if due == nil { wait(until: Monotonic.nanoseconds() &+ 10_000_000) }
            }
        }
    }

    /// Counts what should not have been answered this way.
    private func judge(
        _ answer: RawHTTPResponse, _ request: LoadRequest, _ expected: LoadExpectation.Moment, isReused: Bool
    ) {
        if let status = request.expectedStatus, answer.status != status {
            let note = note("status", "\(answer.status) instead of \(status)", request, isReused: isReused)
            recent.withLock { $0.countUnexpectedStatus(note: note) }
        }
        guard let header = plan.tallyHeader, expected.value != nil else { return }
        let value = answer.first(header)
        guard plan.expectation.isWrong(value, sentAt: expected) else { return }
        let reason = "\(value ?? "(none)") instead of \(expected.value ?? "any")"
        let note = note("value", reason, request, isReused: isReused)
        recent.withLock { $0.countUnexpectedValue(note: note) }
    }

    private func note(_ kind: String, _ reason: String, _ request: LoadRequest, isReused: Bool) -> LoadTally.Note {
        let second = Double(Monotonic.nanoseconds() &- plan.startedAt) / 1e9
        return LoadTally.Note(
            second: (second * 1000).rounded() / 1000, target: target, path: request.path, kind: kind, reason: reason,
            reusedConnection: isReused)
    }

    private func note(_ failure: SocketFailure, _ request: LoadRequest, isReused: Bool) {
        let kind = LoadTally.Failure(failure)
        let note = note(kind.rawValue, failure.description, request, isReused: isReused)
        recent.withLock { $0.count(kind, note: note) }
    }

    /// Waits in short steps, so that the end of the run is never far away.
    private func wait(until due: UInt64) {
        while !mustStop {
            let now = Monotonic.nanoseconds()
            guard now < due else { return }
            var step = timespec(tv_sec: 0, tv_nsec: Int(min(due - now, 50_000_000)))
            pselect(0, nil, nil, nil, &step, nil)
        }
    }
}
