import EdgeModel
import FoundationEssentials
import Glibc
import StoreSQLite
import TestKit
import Testing

@testable import signalbox

/// `traffic` and `events` on a state that holds what a server has observed, run as the program.
@Suite struct TrafficVerbTests {
    private let folder: TemporaryDirectory
    private let store: SQLiteStore
    /// The end of the newest whole ten seconds.
    private let now: Timestamp

    init() throws {
        folder = try TemporaryDirectory("traffic")
        store = try SQLiteStore.open(path: folder.path("state.db"), mode: .create())
        now = TrafficBucket(containing: TimeText.now()).start
    }

    private func run(_ words: String...) async throws -> CommandAnswer { try await run(words) }

    private func run(_ words: [String]) async throws -> CommandAnswer {
        let environment: [String: String?] = [
            "HOME": folder.path, "XDG_STATE_HOME": nil, "XDG_CONFIG_HOME": nil, "NO_COLOR": "1",
            "SIGNALBOX_STATE": folder.path("state.db"),
        ]
        return CommandAnswer(
            arguments: words,
            try await ChildProcess.run(
                Checkout.program("signalbox"), words, environment: environment, directory: folder.path))
    }

    /// Requests of which one is a 503 that took long, in the ten seconds that ended so many seconds ago.
    private func served(_ subject: TrafficSubject, _ requests: Int, ago seconds: Int64) -> TrafficRecord {
        var latency = LatencyFigures()
        latency.counts[1] = requests - 1
        latency.counts[10] = 1
        return TrafficRecord(
            TrafficBucket(containing: now.advanced(byMilliseconds: -1000 * seconds - 1)), subject,
            TrafficCounts(requests: requests, statusClasses: [0, requests - 1, 0, 0, 1], latency: latency))
    }

    private func keep(_ records: [TrafficRecord], _ notes: [FleetNote] = []) throws {
        try store.history.append(records, notes, forgettingBefore: Timestamp(milliseconds: 0))
    }

    @Test func everyVersionIsToldWithItsRequestsAndTimesBusiestFirst() async throws {
        let (one, two) = (TrafficSubject(.version, "shop@1"), TrafficSubject(.version, "shop@2"))
        try keep([
            served(.total, 100, ago: 0), served(one, 100, ago: 0), served(.total, 200, ago: 60),
            served(two, 200, ago: 60), served(two, 999, ago: 4000),
        ])
        let rows = try await run("traffic", "--output", "json").json.elements
        #expect(rows.map { $0["name"].text } == ["shop@2", "shop@1"])
        #expect(rows.map { $0["requests"].int } == [200, 100])
        #expect(rows[0]["status_classes"].elements.map(\.int) == [0, 199, 0, 0, 1])
        #expect(rows[0]["p95_us"].int == 1000 && rows[0]["known_seconds"].int == 20)
        #expect(rows[0]["requests_by_step"].elements.compactMap(\.int) == [200, 0])
        #expect(rows[0]["now"] == .null)
        let lines = try await run("traffic", "--since", "3h").output.split(separator: "\n")
        #expect(lines.count == 3 && lines[0].hasPrefix("VERSION"))
        #expect(lines[1].contains("shop@2") && lines[1].contains(" 1199 ") && !lines[0].contains("TREND"))
        #expect(try await run("traffic", "--output", "name").output == "shop@2\nshop@1\n")
    }

    @Test func figuresThatEndedSayThatTheyAreStaleAndWhatToDo() async throws {
        try keep([served(.total, 100, ago: 300)])
        let answer = try await run("traffic", "--by", "total")
        #expect(answer.status == 0 && answer.output.contains("100"))
        #expect(answer.errors.contains("Stale: the figures end") && answer.errors.contains("signalbox serve"))
        try keep([served(.total, 100, ago: 0)])
        #expect(try await run("traffic", "--by", "total").errors == "")
    }

    @Test func anOriginIsToldWithItsFailuresAndHealth() async throws {
        let bucket = served(.total, 5, ago: 0).bucket
        let counts = TrafficCounts(requests: 5, failures: 3, retries: 2)
        try keep([
            TrafficRecord(
                bucket, TrafficSubject(.origin, "web"), counts, health: OriginHealth(endpoints: 2, healthy: 1))
        ])
        let row = try await run("traffic", "--by", "origin", "--output", "jsonl").json
        #expect(row["failures"].int == 3 && row["retries"].int == 2 && row["healthy"].int == 1)
        #expect(try await run("traffic", "--by", "origin").output.contains("1/2"))
    }

    @Test func nothingKnownIsSaidWithTheNextCommand() async throws {
        for words in [["traffic"], ["traffic", "--failing"], ["events", "--output", "table", "--kind", "node"]] {
            let answer = try await run(words)
            #expect(answer.status == 0 && answer.output == "", "\(answer)")
            let next = answer.errors.components(separatedBy: "Next: ")
            #expect(next.count == 2 && VerbTree.complaint(next[next.count - 1].trimmed) == nil, "\(answer)")
        }
    }

    @Test func eventsOfAllSourcesAreOneTail() async throws {
        #expect(try await run("node", "create", "fra1", "--region", "fra").status == 0)
        let node = try #require(ResourceName(rawValue: "fra1"))
        let later = TimeText.now().advanced(byMilliseconds: 5)
        try keep(
            [],
            [
                FleetNote(at: later, node: node, kind: .refused, "refuses \u{1B}[31m", severity: .error),
                FleetNote(
                    at: later.advanced(byMilliseconds: -3_600_000), node: node, kind: .certificate, "a.pem: gone"),
            ])
        let events = try await run("events").lines
        #expect(events.map { $0["kind"].text } == ["node", "change", "certificate"], "\(events)")
        #expect(events[0]["node"].text == "fra1" && events[0]["severity"].text == "error")
        #expect(events[1]["text"].text?.hasPrefix("node.create: ") == true)
        #expect(try await run("events", "--since", "30m").lines.count == 2)
        #expect(try await run("events", "--kind", "change", "--kind", "certificate").lines.count == 2)
        #expect(try await run("events", "--last", "1").lines.count == 1)
        let table = try await run("events", "--output", "table").output
        #expect(table.contains("fra1 refuses \\u{1B}[31m") && !table.contains("\u{1B}"))
    }

    @Test func followingTellsWhatHappensFromNowOnAndEndsWhenNobodyReads() async throws {
        let node = try #require(ResourceName(rawValue: "fra1"))
        try keep([], [FleetNote(at: now, node: node, kind: .came, "is there")])
        let environment: [String: String?] = [
            "HOME": folder.path, "SIGNALBOX_STATE": folder.path("state.db"), "XDG_CONFIG_HOME": nil,
        ]
        let following = try ChildProcess(
            Checkout.program("signalbox"), ["events", "--follow"], environment: environment, directory: folder.path)
        func texts() -> [String] {
            following.output.split(separator: "\n").compactMap { (try? JSONTree(parsing: String($0)))?["text"].text }
        }
        try await eventually(within: .seconds(30), "what is known") { texts() == ["fra1 is there"] }
        let lost = FleetNote(at: TimeText.now(), node: node, kind: .lost, "is lost", severity: .error)
        try keep([], [lost])
        try await eventually(within: .seconds(30), "what happened") { texts() == ["fra1 is there", "fra1 is lost"] }
        following.signal(SIGINT)
        try await following.wait()
        #expect(following.errors == "")

        // A pipe that nobody reads any more ends it, without a complaint and before there is anything to write.
        let piped = try await ChildProcess.run(
            "/bin/bash", ["-c", "set -o pipefail; \"$0\" events --follow | head -n 1", Checkout.program("signalbox")],
            environment: environment, directory: folder.path)
        let answer = CommandAnswer(arguments: ["events", "--follow"], piped)
        #expect(answer.status == 0 && answer.errors == "" && answer.json["text"].text != nil, "\(answer)")
    }

    @Test func aSparklineIsAsTallAsItsNumbersAndShowsGaps() {
        #expect(Sparkline.text([0, 1, nil, 8, 4]).text == "▁▂·█▅")
        #expect(Sparkline.text([]).text == "" && Sparkline.text([0, nil]).text == "▁·")
    }
}

extension CommandAnswer {
    /// The documents of lines of JSON.
    fileprivate var lines: [JSONTree] {
        output.split(separator: "\n").map { (try? JSONTree(parsing: String($0))) ?? .null }
    }
}
