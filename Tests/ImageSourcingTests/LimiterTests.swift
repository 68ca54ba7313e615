import ImageSourcing
import Synchronization
import TestKit
import Testing

/// What a migration says that holds it back. Time stands still but when a test moves it.
@Suite("What a migration waits for, each made to be so", .timeLimit(.minutes(2))) struct LimiterRunTests {
    /// Lets nobody through until it is opened.
    private final class Gate: Sendable {
        private struct State {
            var isOpen = false
            var waiting: [CheckedContinuation<Void, Never>] = []
        }

        private let state = Mutex(State())

        var waiting: Int { state.withLock { $0.waiting.count } }

        func pass() async {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if !state.isOpen { state.waiting.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
        }

        func open() {
            let waiting = state.withLock { state in
                defer { state.waiting = [] }
                state.isOpen = true
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }
    }

    private static let transfers = 4
    private static let gallery = Dictionary(
        uniqueKeysWithValues: (0..<12).map { ("image-\($0).png", SampleImage.png(width: 1 + $0, height: 2)) })

    /// Runs a migration until `isStill`, looks at it for some seconds of its clock, then lets it end.
    private func limiter(
        stopping call: MemoryStore.Call? = nil, tuning: Tuning = Tuning(transfers: transfers),
        processorTime: @escaping @Sendable (HandClock) -> Duration = { _ in .zero },
        until isStill: @escaping (_ waiting: Int, _ sleeping: Int) -> Bool
    ) async throws -> String? {
        let gate = Gate()
        let clock = HandClock()
        let seen = Mutex<[String]>([])
        let fault: @Sendable (MemoryStore.Call, ObjectKey, Int) async -> ObjectFailure? = { made, _, _ in
            if made == call { await gate.pass() }
            return nil
        }
        let rig = try MigrationRig(MemoryStore(Self.gallery, fault: fault), MemoryStore(fault: fault))
        let engine = try rig.engine(
            run: 1, tuning: tuning,
            surroundings: MigrationRig.surroundings(clock, processorTime: { processorTime(clock) }),
            observe: { progress in seen.withLock { $0.append(progress.limiter) } })
        let isOver = Mutex(false)
        async let end: Progress = {
            let end = await engine.run()
            isOver.withLock { $0 = true }
            return end
        }()
        try await eventually(within: .seconds(30), "a standstill") { isStill(gate.waiting, clock.sleepers) }
        for _ in 0..<24 {
            let looks = seen.withLock { $0.count }
            clock.advance(by: .milliseconds(250))
            try await eventually(within: .seconds(30), "a look and the next pause") {
                seen.withLock { $0.count } > looks && isStill(gate.waiting, clock.sleepers)
            }
        }
        let limiter = seen.withLock { $0.last }
        gate.open()
        try await eventually(within: .seconds(30), "the end") {
            clock.advance(by: .seconds(10))
            return isOver.withLock { $0 }
        }
        #expect(await end.phase == .completed)
        #expect(try rig.tally(run: 1).imported.objects == Self.gallery.count)
        return limiter
    }

    @Test func namesThatDoNotCome() async throws {
        #expect(try await limiter(stopping: .list) { waiting, sleeping in waiting == 1 && sleeping == 1 } == "listing")
    }

    @Test func bytesThatDoNotCome() async throws {
        let found = try await limiter(stopping: .open) { waiting, sleeping in
            waiting == Self.transfers && sleeping == 1
        }
        #expect(found == "source")
    }

    @Test func bytesThatAreNotTaken() async throws {
        let found = try await limiter(stopping: .put) { waiting, sleeping in
            waiting == Self.transfers && sleeping == 1
        }
        #expect(found == "target")
    }

    /// Whoever waits, there is no more processor time to be had.
    @Test func processorsThatAreBusy() async throws {
        let found = try await limiter(
            stopping: .open, processorTime: { $0.now.offset },
            until: { waiting, sleeping in waiting == Self.transfers && sleeping == 1 })
        #expect(found == "cpu")
    }

    /// One object in ten seconds: after the first all transfers wait for their turn, and somebody looks at the gauges.
    @Test func theRunsOwnLimit() async throws {
        let tuning = Tuning(transfers: Self.transfers, objectsPerSecond: 0.1)
        let found = try await limiter(tuning: tuning) { _, sleeping in sleeping == Self.transfers + 1 }
        #expect(found == "cap")
    }

    @Test func aFullTarget() async throws {
        let target = MemoryStore(fault: { call, _, _ in call == .put ? ObjectFailure(.quota, "full") : nil })
        let rig = try MigrationRig(MemoryStore(Self.gallery), target)
        let end = try await rig.migrate(run: 1, tuning: Tuning(transfers: Self.transfers))
        #expect(end.phase == .failed && end.limiter == "quota")
    }
}
