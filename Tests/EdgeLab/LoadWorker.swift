import Glibc
import Synchronization
import TestKit

/// One connection of a load run, kept alive and opened again whenever the server closes it, on a thread of its own.
final class LoadWorker: Sendable {
    let target: HostPort
    private let index: Int
    private let plan: LoadPlan
    private let isStopped = Atomic(false)
    private let isDone = Atomic(false)
    private let recent = Mutex(LoadTally())

    init(index: Int, plan: LoadPlan) {
        self.index = index
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
            let due = plan.due(number)
            if let due { wait(until: due) }
            if mustStop { return }
            let request = plan.requests[number % plan.requests.count]
            number += plan.connections
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
                let answer = try open.exchange(request.bytes, within: plan.timeout)
                let taken = Monotonic.nanoseconds() &- started
                let closes = answer.closesConnection
                recent.withLock {
                    $0.count(answer, header: plan.tallyHeader, nanoseconds: taken)
                    if closes { $0.agreedCloses += 1 }
                }
                connection = closes ? nil : open
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

    private func note(_ failure: SocketFailure, _ request: LoadRequest, isReused: Bool) {
        let kind = LoadTally.Failure(failure)
        let second = Double(Monotonic.nanoseconds() &- plan.startedAt) / 1e9
        let note = LoadTally.Note(
            second: (second * 1000).rounded() / 1000, target: target, path: request.path, kind: kind.rawValue,
            reason: failure.description, reusedConnection: isReused)
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
