import Foundation
import Glibc
import TestKit
import Testing

@Suite struct ChildProcessTests {
    @Test func bothStreamsAreReadWhileTheProgramRuns() async throws {
        // More than a pipe holds on each stream, in turn: reading one to its end first would hang.
        let script = "for i in $(seq 1 3000); do printf '%0100d' 1; printf '%0100d' 2 >&2; done"
        let run = try await ChildProcess.run("sh", ["-c", script])
        #expect(run.exit == .exited(0))
        #expect(run.output.utf8.count == 300_000)
        #expect(run.errors.utf8.count == 300_000)
    }

    @Test func argumentsEnvironmentFolderAndInputArrive() async throws {
        let folder = try TemporaryDirectory()
        let run = try await ChildProcess.run(
            "sh", ["-c", "pwd; echo \"$1|$LAB|${HOME-unset}\"; cat", "sh", "a b\"c"],
            environment: ["LAB": "yes", "HOME": nil], directory: folder.path, input: Array("in".utf8))
        #expect(run.output == "\(folder.path)\na b\"c|yes|unset\nin")
    }

    /// A connection that lives on in a child is not closed for the one at its other end. Asked of the child itself: programs
    /// that others start in this process at the same time do as they like.
    @Test func nothingIsInheritedButTheThreeStreams() async throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let child = try ChildProcess("sleep", ["1000"])
        // While it starts it reads its libraries.
        try await eventually("three streams and nothing else") {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(child.pid)/fd").sorted() == ["0", "1", "2"]
        }
        await child.terminate()
    }

    @Test func exitAndSignalAreToldApart() async throws {
        #expect(try await ChildProcess.run("sh", ["-c", "exit 7"]).exit == .exited(7))
        #expect(try await ChildProcess.run("sh", ["-c", "kill -9 $$"]).exit == .signalled(SIGKILL))
    }

    @Test func aMissingProgramIsSaid() async throws {
        await #expect(throws: ChildProcess.LaunchFailure.self) {
            try await ChildProcess.run("/no/such/program")
        }
    }

    @Test func aDeadlineIsKeptAndShowsTheOutput() async throws {
        let child = try ChildProcess("sh", ["-c", "echo waiting; exec tail -f /dev/null"])
        try await eventually("its first words") { child.output == "waiting\n" }
        let failure = await #expect(throws: ChildProcess.TimedOut.self) {
            try await child.wait(within: .milliseconds(20))
        }
        #expect(failure?.output == "waiting\n")
        #expect(child.isRunning)
        #expect(await child.terminate() == .signalled(SIGTERM))
    }

    @Test func aProgramThatIgnoresTheRequestIsKilled() async throws {
        let child = try ChildProcess("sh", ["-c", "trap '' TERM; echo deaf; while :; do tail -f /dev/null; done"])
        try await eventually("its trap") { child.output == "deaf\n" }
        #expect(await child.terminate(grace: .milliseconds(50)) == .signalled(SIGKILL))
    }

    @Test func nothingIsLeftWhenTheValueGoesAway() async throws {
        var child: ChildProcess? = try ChildProcess("tail", ["-f", "/dev/null"])
        let pid = try #require(child?.pid)
        #expect(kill(pid, 0) == 0)
        child = nil
        // A zombie would still take the signal.
        #expect(kill(pid, 0) == -1 && errno == ESRCH)
    }

    @Test func anInputCanBeWrittenAndClosed() async throws {
        let child = try ChildProcess("cat", input: .pipe)
        await child.write("one\n")
        try await eventually("the echo") { child.output == "one\n" }
        child.closeInput()
        #expect(try await child.wait() == .exited(0))
    }
}
