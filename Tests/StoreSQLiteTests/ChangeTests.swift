import EdgeModel
import StoreContract
import TestKit
import Testing

@testable import StoreSQLite

@Suite struct ChangeTests {
    /// Never polls within a test's life: what ticks was told.
    private func open(_ test: TestStore) throws -> SQLiteStore {
        try SQLiteStore.open(
            path: test.path, mode: .readWrite, options: .init(busyTimeout: .seconds(5), pollInterval: .seconds(3600)))
    }

    @Test("own commits tick without waiting for a poll", .timeLimit(.minutes(1)))
    func own() async throws {
        let test = try TestStore.made()
        defer { withExtendedLifetime(test) {} }
        let store = try open(test)
        var ticks = store.changes().makeAsyncIterator()
        _ = await ticks.next()
        for number in 1...5 {
            try store.write { try $0.putSetting("a", String(number)) }
            #expect(await ticks.next() != nil)
        }
    }

    @Test("a nudge finds another's commit without waiting for a poll, and ticks only then", .timeLimit(.minutes(1)))
    func nudge() async throws {
        let test = try TestStore.made()
        let (store, other) = (try open(test), try open(test))
        let seen = Seen()
        let listening = Task {
            for await _ in store.changes() { await seen.add() }
        }
        try await eventually("the first tick") { await seen.count == 1 }
        for _ in 0..<5 { store.nudge() }
        try other.write { try $0.putSetting("a", "b") }
        store.nudge()
        try await eventually("the second tick") { await seen.count == 2 }
        listening.cancel()
        await listening.value
        #expect(await seen.count == 2, "nudges without a commit tick nobody")
    }

    @Test("another process's commit ticks through the poll", .timeLimit(.minutes(1)))
    func otherProcess() async throws {
        let test = try TestStore.made()
        let store = try test.open(.readOnly)
        var ticks = store.changes().makeAsyncIterator()
        _ = await ticks.next()
        let child = try await ChildProcess.run(try Checkout.program("StoreWorker"), ["set", test.path])
        #expect(child.exit.isSuccess)
        #expect(await ticks.next() != nil)
        #expect(try store.read { try $0.settings()["worker"] } != nil)
    }

    @Test("nothing is open and nothing runs while nobody listens", .timeLimit(.minutes(1)))
    func idle() async throws {
        let test = try TestStore.made()
        defer { withExtendedLifetime(test) {} }
        let store = try open(test)
        #expect(store.watch.isIdle)
        let listening = Task {
            for await _ in store.changes() {}
        }
        try await eventually("the watch") { !store.watch.isIdle }
        listening.cancel()
        await listening.value
        #expect(store.watch.isIdle)
        try store.write { try $0.putSetting("a", "b") }
        #expect(store.watch.isIdle)
    }

    @Test("closing the store ends its listeners", .timeLimit(.minutes(1)))
    func close() async throws {
        let test = try TestStore.made()
        defer { withExtendedLifetime(test) {} }
        let store = try open(test)
        var ticks = store.changes().makeAsyncIterator()
        _ = await ticks.next()
        try store.close()
        #expect(await ticks.next() == nil)
        #expect(throws: StoreError.self) { try store.read { try $0.zones() } }
    }

    private actor Seen {
        var count = 0
        func add() { count += 1 }
    }
}
