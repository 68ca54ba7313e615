import EdgeModel
import EdgePlan
import Foundation
import Glibc
import TestKit
import Testing

@testable import NodeAgent

@Suite(.serialized, .enabled(if: EnvoyBinary.locate() != nil), .timeLimit(.minutes(2)))
struct NodeAgentEnvoyTests {
    @Test func servesWhatIsPublishedAndReports() async throws {
        let lab = try NodeAgentLab()
        try await lab.stub.start()
        let run = try lab.start()
        try await lab.serves("r1")
        lab.publish("r2")
        try await lab.serves("r2")
        let envoy = try await lab.envoy()
        let report = try await eventually("a report with the clusters' version") {
            lab.stub.reports.last { $0.clustersVersion?.rawValue == lab.digest("c1") }
        }
        #expect(report.process == "\(envoy)")
        #expect(report.warmingClusters == 0 && report.restarts == 0 && report.residentBytes > 10_000_000)
        // The node proves itself, and what nobody needs stays here.
        #expect(lab.stub.polls.allSatisfy { $0.token == lab.stub.token && $0.size < 4_000 })
        #expect(try lab.folder.read("data/bootstrap.json").contains(lab.stub.token) == false)
        run.cancel()
        try await run.value
        #expect(!envoy.isRunning)
    }

    @Test func goesOnServingAndStartsFromDiskWhileServeIsAway() async throws {
        let lab = try NodeAgentLab()
        try await lab.stub.start()
        let first = try lab.start()
        lab.publish("r2")
        try await lab.serves("r2")
        try await lab.keeps("r2")
        try await lab.stub.stop()
        #expect(await lab.served() == "r2")
        first.cancel()
        try await first.value
        #expect(await lab.served() == nil)

        // Service and Envoy both begin anew, and nobody is there to ask.
        let second = try lab.start()
        try await lab.serves("r2")
        // Back with the same version: asked for with the version Envoy has, so nothing is sent again.
        try await lab.stub.start()
        let before = lab.stub.polls.count
        try await eventually("a question from the node with the version it has") {
            lab.stub.polls.dropFirst(before).contains {
                $0.key == "routes signalbox.production" && $0.version == lab.digest("r2")
            }
        }
        #expect(lab.stub.answers == 0)
        lab.publish("r3")
        try await lab.serves("r3")
        second.cancel()
        try await second.value
    }

    @Test func aRefusedVersionIsNotKeptAndItsReasonIsReported() async throws {
        let lab = try NodeAgentLab()
        try await lab.stub.start()
        let first = try lab.start()
        try await lab.serves("r1")
        lab.publish("r2", cluster: "nowhere")
        let refusal = try await eventually("the reason in a report") {
            lab.stub.reports.lazy.flatMap(\.refusals).first { $0.kind == .productionRoutes }
        }
        #expect(refusal.reason == "route: unknown cluster 'nowhere'")
        #expect(await lab.served() == "r1")
        try await lab.keeps("r1")
        #expect(try lab.folder.read("data/last-good").contains(lab.digest("r2")) == false)
        try await lab.stub.stop()
        first.cancel()
        try await first.value
        let second = try lab.start()
        try await lab.serves("r1")
        second.cancel()
        try await second.value
    }

    @Test func anEnvoyThatDiesIsStartedAgainAndCounted() async throws {
        let lab = try NodeAgentLab()
        try await lab.stub.start()
        let run = try lab.start()
        try await lab.serves("r1")
        let first = try await lab.envoy()
        kill(first.pid, SIGKILL)
        try await eventually("another Envoy") { try await lab.envoy() != first }
        try await lab.serves("r1")
        let second = try await lab.envoy()
        try await eventually("a report of the restart") {
            lab.stub.reports.contains { $0.restarts == 1 && $0.process == "\(second)" }
        }
        // And with serve away the next one is served from disk.
        try await lab.keeps("r1")
        try await lab.stub.stop()
        kill(second.pid, SIGKILL)
        try await eventually("a third Envoy") { try await lab.envoy() != second }
        try await lab.serves("r1")
        run.cancel()
        try await run.value
    }

    @Test func aSignalDrainsAndLeavesNoProcess() async throws {
        let lab = try NodeAgentLab()
        try await lab.stub.start()
        let run = try lab.start(stoppingOn: [SIGUSR2], drain: .seconds(4))
        try await lab.serves("r1")
        let envoy = try await lab.envoy()
        kill(getpid(), SIGUSR2)
        try await eventually("clients told to go") {
            let answer = try await RawHTTP.request("GET", "/", at: lab.listen)
            return answer.first("connection") == "close"
        }
        try await run.value
        #expect(!envoy.isRunning)
        #expect(try FileManager.default.contentsOfDirectory(atPath: lab.data).contains("envoy.pid") == false)
    }

    @Test func anEnvoyLeftBehindIsEndedBeforeTheNext() async throws {
        let lab = try NodeAgentLab()
        let directory = try NodeDirectory(lab.data)
        try directory.prepare()
        _ = try DirectoryLock(directory.lock)
        let stray = try ChildProcess("sleep", ["300"])
        let identity = try #require(ProcessIdentity(running: stray.pid))
        try StaleEnvoy(file: directory.processFile).note(identity)
        try await lab.stub.start()
        let run = try lab.start()
        try await lab.serves("r1")
        #expect(!stray.isRunning)
        run.cancel()
        try await run.value
    }

    @Test(.enabled(if: access("/usr/bin/setpriv", X_OK) == 0))
    func whatWasStartedEndsWithTheThreadThatStartedIt() async throws {
        let (pid, code) = try await Blocking.run {
            let (pid, code) = ChildProgram.spawn(
                .init(program: "/bin/sleep", arguments: ["300"], environment: [:], output: nil))
            // The thread must live until the program has taken the wrapper's place.
            while code == 0, (try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8)) != "sleep\n" {
                sched_yield()
            }
            return (pid, code)
        }
        #expect(code == 0)
        try await eventually("its end") { ProcessIdentity(running: pid) == nil }
        var status: Int32 = 0
        #expect(waitpid(pid, &status, 0) == pid)
        #expect(ProcessEnd(waitStatus: status) == .signalled(SIGKILL))
    }

    @Test func aSecondServiceOnADirectoryIsRefused() async throws {
        let lab = try NodeAgentLab()
        try await lab.stub.start()
        let run = try lab.start()
        try await lab.serves("r1")
        let other = try lab.start()
        await #expect(throws: NodeAgentError.self) { try await other.value }
        #expect(await lab.served() == "r1")
        run.cancel()
        try await run.value
    }

    @Test func anotherProgramIsNoEnvoy() async throws {
        let lab = try NodeAgentLab()
        for (path, code) in [("/bin/true", NodeAgentError.Code.envoyVersion), ("/nowhere/envoy", .missing)] {
            await #expect {
                _ = try await EnvoyProgram(path: path).check(scratch: lab.folder.path("version"))
            } throws: { ($0 as? NodeAgentError)?.code == code }
        }
    }

    @Test func theLogIsRotatedWhileEnvoyWrites() async throws {
        let lab = try NodeAgentLab()
        try await lab.stub.start()
        let run = try lab.start()
        try await lab.serves("r1")
        let directory = try NodeDirectory(lab.data)
        // Filled up to the limit from outside; Envoy appends to the same file.
        let file = try #require(FileHandle(forWritingAtPath: directory.envoyLog))
        try file.seekToEnd()
        try file.write(
            contentsOf: Data(
                String(repeating: String(repeating: "x", count: 99) + "\n", count: LogRotation.limit / 100).utf8))
        try await eventually("the rotation") { access(directory.envoyLog + ".1", F_OK) == 0 }
        try await eventually("a new log") { access(directory.envoyLog, F_OK) == 0 }
        lab.publish("r2", cluster: "nowhere")
        try await eventually("a reason read in the new log") {
            lab.stub.reports.contains { $0.refusals.contains { $0.kind == .productionRoutes } }
        }
        #expect(try String(contentsOfFile: directory.envoyLog, encoding: .utf8).contains("nowhere"))
        run.cancel()
        try await run.value
    }
}
