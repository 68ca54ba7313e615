import FoundationEssentials
import TestKit
import Testing

/// The parts of the load generator's result that the tests look at.
private struct Result: Decodable {
    struct Failures: Decodable {
        let total: Int
        let kinds: [String: Int]
    }
    struct Connections: Decodable {
        let opened, agreedCloses, idleCloses: Int
    }
    struct Target: Decodable {
        let target: HostPort
        let requests, responses, failures: Int
    }
    let kind: String
    let requests, responses: Int
    let statuses, tally: [String: Int]
    struct Unexpected: Decodable {
        let statuses, values: Int
    }
    let failures: Failures
    let unexpected: Unexpected
    let connections: Connections
    let targets: [Target]?
}

private func load(_ targets: [HostPort], _ arguments: [String]) async throws -> (Result, ChildProcess.Finished) {
    let options = targets.flatMap { ["--target", $0.description] } + ["--host", "shop.test"] + arguments
    let run = try await ChildProcess.run(Checkout.program("edgelab"), ["load"] + options)
    let last = try #require(run.output.split(separator: "\n").last, "\(run.errors)")
    return (try JSONDecoder().decode(Result.self, from: Data(last.utf8)), run)
}

@Suite struct LoadTests {
    @Test(arguments: [("abort", "aborted"), ("reset", "reset"), ("truncate/10", "aborted")])
    func everyCutRequestIsAFailure(path: String, kind: String) async throws {
        let origin = try await OriginProcess.start()
        let (result, run) = try await load(
            [origin.origins[0].listening],
            [
                "--path", "/__lab/\(path)", "--path", "/fine", "--connections", "3", "--rate", "300", "--duration",
                "300ms", "--strict",
            ])
        #expect(result.failures.total >= 2)
        #expect(result.failures.kinds[kind] == result.failures.total)
        #expect(result.responses + result.failures.total == result.requests)
        #expect(abs(result.responses - result.failures.total) <= 3)
        #expect(run.exit == .exited(1))
    }

    @Test func anAgreedCloseIsNone() async throws {
        let origin = try await OriginProcess.start()
        let (result, run) = try await load(
            [origin.origins[0].listening],
            ["--path", "/__lab/close", "--connections", "4", "--rate", "300", "--duration", "300ms", "--strict"])
        #expect(result.failures.total == 0)
        #expect(result.responses >= 2 && result.responses == result.requests)
        #expect(result.connections.agreedCloses == result.responses)
        #expect(result.connections.opened == result.responses)
        #expect(run.exit == .exited(0))
    }

    @Test func anIdleCloseIsNone() async throws {
        let server = try ScriptedServer(answersPerConnection: 1)
        let (result, run) = try await load(
            [server.address], ["--path", "/", "--connections", "1", "--rate", "100", "--duration", "300ms"])
        #expect(result.failures.total == 0, "\(run.output)")
        #expect(result.responses >= 2)
        #expect(result.connections.idleCloses >= result.responses - 1)
    }

    @Test func everyAnswerIsCountedByStatusHeaderAndTarget() async throws {
        let origin = try await OriginProcess.start(["one:fra", "two:hil"])
        let (result, _) = try await load(
            origin.origins.map(\.listening),
            [
                "--path", "/", "--path", "/__lab/status/503", "--connections", "4", "--duration", "300ms", "--tally",
                "X-Origin",
            ])
        var served = 0
        for origin in origin.origins {
            let stats = try await RawHTTP.request("GET", "/__lab/stats", at: origin.listening).text
            served += Int(stats.filter(\.isNumber)) ?? 0
        }
        #expect(result.statuses["200"] == served)
        #expect(result.statuses.values.reduce(0, +) == result.responses)
        #expect(result.tally.keys.sorted() == ["one", "two"])
        let targets = try #require(result.targets)
        #expect(targets.map(\.responses).reduce(0, +) == result.responses)
        #expect(targets.map(\.target) == origin.origins.map(\.listening))
    }

    @Test func anotherStatusThanThePathNamesIsCounted() async throws {
        let origin = try await OriginProcess.start()
        let (result, run) = try await load(
            [origin.origins[0].listening],
            [
                "--path", "/ => 200", "--path", "/__lab/status/404 => 404", "--path", "/__lab/status/301 => 200",
                "--connections", "1", "--rate", "300", "--duration", "300ms", "--strict",
            ])
        #expect(result.failures.total == 0)
        #expect(result.unexpected.statuses >= 1)
        #expect(result.unexpected.statuses == result.statuses["301"])
        #expect(run.exit == .exited(1))
    }

    @Test func theTalliedHeaderIsJudgedByWhatIsExpected() async throws {
        let origin = try await OriginProcess.start(["one:fra"])
        let load = { () async throws -> LoadProcess in
            try await LoadProcess.start(
                targets: [origin.origins[0].listening], host: "shop.test", paths: ["/"], connections: 2, rate: 400,
                tally: "x-origin")
        }
        let seen = { () async throws -> Int in
            let stats = try await RawHTTP.request("GET", "/__lab/stats", at: origin.origins[0].listening).text
            return Int(stats.filter(\.isNumber)) ?? 0
        }
        let right = try await load()
        let first = try await seen()
        try await right.expect("two")
        try await right.expect(nil)
        // Two connections may each have one under way.
        let most = try await seen() - first + 2
        try await right.expect("one")
        let before = try await seen()
        try await eventually("more answers") { try await seen() > before + 20 }
        #expect(try await right.finish().unexpected.values <= most, "only what was asked while two was expected")
        let wrong = try await load()
        try await wrong.expect("two")
        let start = try await seen()
        try await eventually("more answers") { try await seen() > start + 20 }
        let result = try await wrong.finish()
        #expect(result.unexpected.values >= 15)
        #expect(result.firstFailures?.first?.reason == "one instead of two")
        #expect(result.failures.total == 0 && result.unexpected.statuses == 0)
    }

    @Test func someRequestsComeOverAConnectionOfTheirOwn() async throws {
        let origins = try await OriginProcess.start(["one:fra", "two:hil"])
        let (result, _) = try await load(
            origins.origins.map(\.listening),
            [
                "--path", "/", "--connections", "3", "--rate", "100", "--new-connections", "200", "--duration", "400ms",
                "--tally", "x-origin",
            ])
        #expect(result.failures.total == 0)
        #expect(result.connections.opened >= 10 && result.connections.opened < result.responses)
        let targets = try #require(result.targets)
        #expect(targets.map(\.responses) == [result.tally["one"] ?? 0, result.tally["two"] ?? 0])
    }

    @Test func aServerThatIsAwayIsAFailureAndNotASpin() async throws {
        let (result, _) = try await load(
            [try FreePort.one()], ["--path", "/", "--connections", "1", "--duration", "200ms"])
        #expect(result.failures.kinds["connect"] == result.requests)
        #expect((1...30).contains(result.requests))
    }

    @Test func anAnswerThatTakesTooLongIsATimeout() async throws {
        let origin = try await OriginProcess.start()
        let (result, _) = try await load(
            [origin.origins[0].listening],
            ["--path", "/__lab/delay/60000", "--connections", "1", "--timeout", "50ms", "--duration", "100ms"])
        #expect(result.failures.kinds["timeout"] == result.requests && result.requests >= 1)
    }

    @Test func itEndsWhenStandardInputCloses() async throws {
        let origin = try await OriginProcess.start()
        let child = try ChildProcess(
            Checkout.program("edgelab"),
            [
                "load", "--target", "\(origin.origins[0].listening)", "--host", "x", "--path", "/", "--rate", "50",
                "--progress",
                "--until-stdin-closes",
            ], input: .pipe)
        try await eventually("a line of progress") { child.output.contains("\"kind\":\"second\"") }
        child.closeInput()
        #expect(try await child.wait() == .exited(0))
        #expect(child.output.contains("\"kind\":\"result\""))
    }

    @Test func requestsAreReadFromAFile() async throws {
        let origin = try await OriginProcess.start()
        let folder = try TemporaryDirectory()
        try folder.write("# comment\n\n/plain\nHEAD /head\n//other.test/there\n", to: "paths")
        let (result, _) = try await load(
            [origin.origins[0].listening],
            ["--paths", folder.path("paths"), "--connections", "1", "--duration", "50ms"])
        #expect(result.failures.total == 0 && result.statuses.keys.sorted() == ["200"])
        try folder.write("plain\n", to: "bad")
        let bad = try await ChildProcess.run(
            Checkout.program("edgelab"),
            ["load", "--target", "127.0.0.1:1", "--host", "x", "--paths", folder.path("bad")])
        #expect(!bad.exit.isSuccess && bad.errors.contains("'plain' is no request"))
    }
}

@Suite struct WatchTests {
    @Test func theMomentOfTheChangeIsSeenOnEveryTarget() async throws {
        let servers = try [ScriptedServer(version: "1"), ScriptedServer(version: "1")]
        async let sightings = HeaderWatch.sightings(
            HeaderWatch.Question(targets: servers.map(\.address), host: "x", header: "X-Edge-Version", value: "2"))
        try await eventually("a first answer from both") { servers.allSatisfy { $0.answers > 0 } }
        let changed = Monotonic.nanoseconds()
        for server in servers { server.version = "2" }
        let seen = await sightings
        #expect(seen.map(\.target) == servers.map(\.address))
        for sighting in seen {
            #expect(try #require(sighting.seenAt) > changed)
            #expect(sighting.polls > 1 && sighting.failures == 0)
        }
    }

    @Test func inTurnTheNextTargetIsAskedWhenTheOneBeforeGotThere() async throws {
        let servers = try [ScriptedServer(version: "1"), ScriptedServer(version: "1")]
        var question = HeaderWatch.Question(
            targets: servers.map(\.address), host: "x", header: "X-Edge-Version", value: "2")
        question.isInTurn = true
        async let sightings = HeaderWatch.sightings(question)
        try await eventually("answers of the first") { servers[0].answers > 2 }
        #expect(servers[1].answers == 0)
        servers[0].version = "2"
        try await eventually("an answer of the second") { servers[1].answers > 0 }
        let changed = Monotonic.nanoseconds()
        servers[1].version = "2"
        let seen = await sightings.compactMap(\.seenAt)
        #expect(seen.count == 2 && seen[0] < changed && changed < seen[1])
    }

    @Test func aTargetThatNeverGetsThereIsNamedWithItsLastValue() async throws {
        let server = try ScriptedServer(version: "1")
        let run = try await ChildProcess.run(
            Checkout.program("edgelab"),
            [
                "watch", "--target", "\(server.address)", "--host", "x", "--header", "x-edge-version", "--until", "2",
                "--timeout", "50ms",
            ])
        #expect(run.exit == .exited(1))
        #expect(run.output.contains("\"complete\":false") && run.output.contains("\"lastValue\":\"1\""))
    }
}
