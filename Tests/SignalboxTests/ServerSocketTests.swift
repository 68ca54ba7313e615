import EdgeModel
import EdgePlan
import FoundationEssentials
import Glibc
import Synchronization
import TestKit
import Testing

@testable import signalbox

@Suite struct ServerSocketTests {
    @Test func aServerHearsOfCommits() throws {
        let folder = try TemporaryDirectory("socket")
        let state = folder.path("state.db")
        let count = Mutex(0)
        #expect(!ServerSocket.tellPublished(statePath: state))
        let listener = try WakeUpListener(
            statePath: state,
            answers: [
                "published": {
                    count.withLock { $0 += 1 }
                    return #"{"ok":true}"#
                },
                "live": {
                    #"{"at":"2026-11-21T12:00:00Z","# + String(repeating: " ", count: 100_000)
                        + #""figures":[],"nodes":[],"failing":[]}"#
                },
            ])
        listener.start()
        #expect(ServerSocket.ask(#"{"op":"published"}"#, statePath: state).line == #"{"ok":true}"#)
        #expect(ServerSocket.tellPublished(statePath: state))
        #expect(ServerSocket.ask("hello", statePath: state).line?.contains("unknown request") == true)
        #expect(count.withLock { $0 } == 2)
        #expect(ServerSocket.live(statePath: state)?.figures == [])
        listener.stop()
        #expect(!ServerSocket.tellPublished(statePath: state))
    }

    @Test func theNodesAreAskedAheadOfAChange() async throws {
        let folder = try TemporaryDirectory("socket")
        let state = folder.path("state.db")
        let origin = OriginPlan(
            name: "web.1",
            endpoints: [EndpointPlan(address: "127.0.0.1", port: 80, weight: 1, priority: 0, region: "fra")],
            tls: OriginTLSPlan(serverName: "origin.example", verify: true, authorities: "one\ntwo"), health: nil,
            connectTimeout: 1, responseTimeout: 2, retries: RetryPlan(attempts: 1, perTryTimeout: 3), hostHeader: nil)
        #expect(await ServerSocket.prepare([origin], statePath: state) == nil, "no server")
        let fra1 = try #require(ResourceName(rawValue: "fra1"))
        var readiness = OriginReadiness()
        readiness.refused = [.init(node: fra1, reason: "no \"certificate\"")]
        let heard = Mutex<[OriginPlan]>([])
        let answer = String(decoding: try JSONEncoder().encode(readiness), as: UTF8.self)
        let listener = try WakeUpListener(
            statePath: state, answers: ["published": { "yes" }],
            handOvers: [
                OriginRequest.operation: { client, line in
                    let request = try? JSONDecoder().decode(OriginRequest.self, from: Data(line.utf8))
                    heard.withLock { $0 = request?.origins ?? [] }
                    ServerSocket.send(answer, to: client)
                    ServerSocket.disconnect(client)
                }
            ])
        listener.start()
        #expect(await ServerSocket.prepare([origin], statePath: state) == readiness)
        #expect(heard.withLock { $0 } == [origin])
        #expect(ServerSocket.tellPublished(statePath: state), "and others are heard")
        listener.stop()
        // A server of another build.
        let old = try WakeUpListener(statePath: state, answers: ["published": { "yes" }])
        old.start()
        #expect(await ServerSocket.prepare([origin], statePath: state) == nil)
        old.stop()
    }

    /// As one of another build does, which hashes what it publishes in another way.
    @Test func aServerThatPublishesSomethingElseIsTold() async throws {
        let bench = try await StateBench.made()
        let digest = Mutex(Digest.sha256(of: "other").rawValue)
        let listener = try WakeUpListener(
            statePath: bench.state,
            answers: ["published": { digest.withLock { #"{"ok":true,"production":"\#($0)"}"# } }])
        listener.start()
        let told = try await bench.attempt(["rollback", "shop", "--yes", "--reason", "test", "--output", "json"])
        #expect(told.status == 69 && told.errors.contains("publishes something else"), "\(told)")
        #expect(told.errors.contains(#""committed": true"#), "\(told)")
        let doctor = try await bench.attempt(["doctor"])
        #expect(doctor.status == 1 && doctor.output.contains("server-differs"), "\(doctor)")
        let newest = try await bench.run(["history", "--last", "1", "--output", "json"]).json[0]
        digest.withLock { $0 = newest["production"].text ?? "" }
        #expect(try await !bench.attempt(["doctor"]).output.contains("server-differs"))
        listener.stop()
    }

    @Test func aServerThatIsBusyIsNotTakenForNone() async throws {
        let bench = try await StateBench.made()
        let clients = Mutex<[Int32]>([])
        let listener = try WakeUpListener(
            statePath: bench.state, answers: [:],
            handOvers: ["published": { client, _ in clients.withLock { $0.append(client) } }])
        listener.start()
        let told = try await bench.attempt(["rollback", "shop", "--yes", "--reason", "test"])
        #expect(told.status == 0 && told.output.contains("done: ") && !told.errors.contains("no server"), "\(told)")
        #expect(clients.withLock { !$0.isEmpty })
        clients.withLock { for client in $0 { ServerSocket.disconnect(client) } }
        listener.stop()
    }

    @Test func onlyOneServerHasAState() throws {
        let folder = try TemporaryDirectory("socket")
        let state = folder.path("state.db")
        let first = try WakeUpListener(statePath: state, answers: [:])
        #expect(throws: ErrorReport.self) { try WakeUpListener(statePath: state, answers: [:]) }
        first.stop()
        // The files of a server that is gone do not stand in the way of the next.
        try WakeUpListener(statePath: state, answers: [:]).stop()
    }

    @Test func aPathTooLongForAnAddressWorks() throws {
        let folder = try TemporaryDirectory("socket")
        let deep = folder.path(String(repeating: "d", count: 150))
        mkdir(deep, 0o700)
        let listener = try WakeUpListener(statePath: deep + "/state.db", answers: ["published": { "yes" }])
        listener.start()
        #expect(ServerSocket.ask(#"{"op":"published"}"#, statePath: deep + "/state.db").line == "yes")
        listener.stop()
    }

    @Test func aSilentClientDoesNotHoldOthersUp() throws {
        let folder = try TemporaryDirectory("socket")
        let state = folder.path("state.db")
        let listener = try WakeUpListener(statePath: state, answers: ["published": { "yes" }])
        listener.start()
        let silent = try #require(ServerSocket.connect(to: ServerSocket.path(of: state)))
        #expect(ServerSocket.tellPublished(statePath: state))
        ServerSocket.disconnect(silent)
        listener.stop()
    }

    /// More than a socket's buffers take, so that the answer waits for its reader.
    @Test func aClientThatDoesNotTakeItsAnswerDoesNotHoldOthersUp() throws {
        let folder = try TemporaryDirectory("socket")
        let state = folder.path("state.db")
        let long = String(repeating: "x", count: 8 << 20)
        let listener = try WakeUpListener(statePath: state, answers: ["live": { long }, "published": { "yes" }])
        listener.start()
        let deaf = try #require(ServerSocket.connect(to: ServerSocket.path(of: state)))
        let request = Array((ServerSocket.request("live") + "\n").utf8)
        #expect(send(deaf, request, request.count, Int32(MSG_NOSIGNAL)) == request.count)
        #expect(ServerSocket.tellPublished(statePath: state))
        ServerSocket.disconnect(deaf)
        listener.stop()
    }
}
