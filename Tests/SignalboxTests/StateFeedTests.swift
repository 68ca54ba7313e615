import Console
import EdgeModel
import Glibc
import StoreSQLite
import Synchronization
import TestKit
import Testing

@testable import signalbox

/// What a console is told without asking.
@Suite("The console's feed", .timeLimit(.minutes(2))) struct StateFeedTests {
    private let folder: TemporaryDirectory
    private var state: String { folder.path("state.db") }

    init() throws { folder = try TemporaryDirectory("feed") }

    /// What came so far.
    private final class Heard: Sendable {
        private let box: Box
        private let task: Task<Void, Never>

        init(_ events: AsyncStream<FeedEvent>) {
            let box = Box()
            self.box = box
            task = Task {
                for await event in events {
                    switch event {
                    case .live(let picture): box.add("live \(picture.failing.count)")
                    case .silent: box.add("silent")
                    case .written: box.add("written")
                    }
                }
                box.add("ended")
            }
        }

        var all: [String] { box.all }
        func count(_ word: String) -> Int { all.count { $0.hasPrefix(word) } }
        func stop() { task.cancel() }
    }

    private final class Box: Sendable {
        private let words = Mutex<[String]>([])
        var all: [String] { words.withLock(\.self) }
        func add(_ word: String) { words.withLock { $0.append(word) } }
    }

    private func store() throws -> SQLiteStore { try SQLiteStore.open(path: state, mode: .create()) }

    private func feed(everyWrite: Bool = false, patience: StateFeed.Patience = .usual) throws -> Heard {
        let reader = Mutex<SQLiteStore?>(nil)
        let state = state
        return Heard(
            StateFeed.events(state, everyWrite: everyWrite, patience: patience) {
                reader.withLock { reader in
                    if reader == nil { reader = try? SQLiteStore.open(path: state, mode: .readOnly) }
                    return try? reader?.commitMark()
                }
            })
    }

    private func picture(failing: Int = 0, age: Int64 = 0) -> LivePicture {
        let request = FailingRequest(
            at: Timestamp(milliseconds: 1), method: "GET", host: "a", path: "/", status: 503)
        return LivePicture(
            at: Timestamp(milliseconds: 1_800_000_000_000 + age),
            figures: [LiveFigures(TrafficSubject(.version, "shop@1"), perSecond: 1, age: age)], nodes: [],
            failing: Array(repeating: request, count: failing))
    }

    @Test func withoutAServerEveryCommitIsHeardOf() async throws {
        let writer = try store()
        let heard = try feed()
        try await eventually("silence") { heard.all == ["silent"] }
        try writer.write { try $0.putSetting("a", "1") }
        try await eventually("the commit") { heard.count("written") == 1 }
        try writer.write { try $0.putSetting("a", "2") }
        try await eventually("the next") { heard.count("written") == 2 }
        heard.stop()
        try await eventually("the end") { heard.all.last == "ended" }
    }

    @Test func aServerTellsWhatChangesAndWritesOfNodesAreNotHeard() async throws {
        let writer = try store()
        let server = try WatchFeed()
        let listener = try WakeUpListener(
            statePath: state, answers: [:], handOvers: ["watch": { client, _ in server.add(client) }])
        server.start()
        listener.start()
        server.tell(mutation: 7)
        let heard = try feed()
        try await eventually("the connection") { server.isWatched }
        server.tell(picture())
        try await eventually("the picture") { heard.count("live") == 1 }
        // Ages alone are nothing new; something else is.
        server.tell(picture(age: 900))
        server.tell(picture(failing: 2))
        try await eventually("the change") { heard.all.last == "live 2" }
        #expect(heard.count("live") == 2)
        let before = heard.count("written")
        // What is written beside the server's word is not heard of; its word is.
        try writer.write { try $0.putSetting("a", "1") }
        server.tell(mutation: 8)
        try await eventually("the word") { heard.count("written") == before + 1 }
        server.tell(mutation: 8)
        server.tell(picture(failing: 3))
        try await eventually("the next change") { heard.all.last == "live 3" }
        #expect(heard.count("written") == before + 1)
        listener.stop()
        server.stop()
        try await eventually("silence") { heard.all.last == "silent" }
        heard.stop()
    }

    @Test func aServerThatComesBackIsFoundWithoutAsking() async throws {
        _ = try store()
        let heard = try feed()
        try await eventually("silence") { heard.all == ["silent"] }
        for round in 1...3 {
            let server = try WatchFeed()
            let listener = try WakeUpListener(
                statePath: state, answers: [:], handOvers: ["watch": { client, _ in server.add(client) }])
            server.start()
            listener.start()
            try await eventually("the connection") { server.isWatched }
            server.tell(picture(failing: round))
            try await eventually("live") { heard.all.last == "live \(round)" }
            listener.stop()
            server.stop()
            try await eventually("silence") { heard.all.last == "silent" }
        }
        heard.stop()
    }

    @Test func aServerThatIsStuckIsNotTakenForLive() async throws {
        _ = try store()
        // It takes connections, says one picture, and never a word after it.
        let hands = Mutex<[Int32]>([])
        let listener = try WakeUpListener(
            statePath: state, answers: [:],
            handOvers: [
                "watch": { client, _ in
                    let line = FeedLine(
                        live: LivePicture(at: Timestamp(milliseconds: 1), figures: [], nodes: [], failing: []))
                    _ = line.bytes.withUnsafeBytes { send(client, $0.baseAddress, $0.count, 0) }
                    hands.withLock { $0.append(client) }
                }
            ])
        listener.start()
        let heard = try feed(patience: .init(silence: 100, answer: 50))
        try await eventually("it is asked, and does not answer") { heard.all == ["live 0", "silent"] }
        // Its next word counts again.
        let line = FeedLine(live: picture(failing: 1)).bytes
        hands.withLock { hands in
            for hand in hands { _ = line.withUnsafeBytes { send(hand, $0.baseAddress, $0.count, 0) } }
        }
        try await eventually("live again") { heard.all.contains("live 1") }
        listener.stop()
        hands.withLock { hands in for hand in hands { close(hand) } }
        heard.stop()
    }

    @Test func aReaderThatIsStoppedGetsTheNewestAndHoldsUpNobody() async throws {
        _ = try store()
        let server = try WatchFeed()
        let listener = try WakeUpListener(
            statePath: state, answers: [:], handOvers: ["watch": { client, _ in server.add(client) }])
        server.start()
        listener.start()
        let stopped = try #require(ServerSocket.connect(to: ServerSocket.path(of: state)))
        let request = Array((ServerSocket.request("watch") + "\n").utf8)
        #expect(send(stopped, request, request.count, 0) == request.count)
        try await eventually("the connection") { server.isWatched }
        let heard = try feed()
        // More than a socket holds.
        for round in 1...4_000 { server.tell(picture(failing: round % 50)) }
        try await eventually("others hear the newest") { heard.all.last == "live 0" }
        var read: [UInt8] = []
        try await eventually("it reads on, and ends with the newest") {
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = recv(stopped, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            if count > 0 { read += bytes[..<count] }
            guard read.last == 0x0A, let line = read.split(separator: 0x0A).last else { return false }
            return FeedLine(line: line)?.live?.failing.count == 0
        }
        // It did not get each of four thousand.
        #expect(read.count { $0 == 0x0A } < 4_000)
        close(stopped)
        heard.stop()
        listener.stop()
        server.stop()
    }

    @Test func aStateThatTakesThePlaceOfAnotherIsHeardOf() async throws {
        try store().close()
        let heard = try feed()
        try await eventually("silence") { heard.all == ["silent"] }
        let other = folder.path("other.db")
        try SQLiteStore.open(path: other, mode: .create()).close()
        #expect(rename(other, state) == 0)
        try await eventually("the change") { heard.count("written") >= 1 }
        heard.stop()
    }
}
