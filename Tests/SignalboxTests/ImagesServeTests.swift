import Glibc
import TestKit
import Testing

/// Migrations that a server carries out: left to it, cut off, paused from elsewhere.
@Suite(.timeLimit(.minutes(5))) struct ImagesServeTests {
    private static let count = 240

    private func lab() async throws -> ImagesLab {
        let lab = try ImagesLab()
        for i in 0..<Self.count {
            let image = SampleImage.png(width: 1 + i % 3, height: 1)
            try lab.write(i % 10 == 9 ? Array(image.dropLast()) : image, "image-\(i).png")
        }
        try await lab.begin()
        return lab
    }

    private func grows(_ lab: ImagesLab, beyond stored: Int) async throws {
        try await eventually(within: .seconds(60), "more than \(stored) images") { lab.stored() > stored }
    }

    private func isComplete(_ lab: ImagesLab, _ run: Int = 1) async throws {
        try await eventually(within: .seconds(60), every: .milliseconds(200), "the end of the run") {
            try await lab.state(run) == "completed"
        }
        let bad = Self.count / 10
        #expect(
            try await lab.totals(run) == [
                "listed": Self.count, "imported": Self.count - bad, "kept": 0, "skipped": bad, "failed": 0,
                "waiting": 0,
            ])
        #expect(lab.stored() == Self.count - bad)
    }

    @Test func whatIsLeftToTheServerSurvivesItsServers() async throws {
        let lab = try await lab()
        let left = try await lab.run(
            "images", "migrate", "press", "--to", "media", "--background", "--objects-per-second", "40",
            "--transfers", "2")
        #expect(left.status == 0 && left.output.contains("signalbox serve"), "\(left)")
        #expect(try await lab.state(1) == "waiting" && lab.stored() == 0)

        let first = try lab.serve()
        try await grows(lab, beyond: 10)
        first.signal(SIGKILL)
        try await first.wait()
        #expect(try await lab.state(1) == "interrupted")

        let second = try lab.serve()
        try await grows(lab, beyond: lab.stored() + 10)
        second.signal(SIGTERM)
        #expect(try await second.wait(within: .seconds(60)) == .exited(0))
        #expect(try await lab.state(1) == "interrupted")

        let third = try lab.serve()
        try await grows(lab, beyond: lab.stored() + 5)
        #expect(try await lab.run("images", "pause", "1").status == 0)
        try await eventually(within: .seconds(60), every: .milliseconds(100), "a pause") {
            try await lab.state(1) == "paused"
        }
        #expect(try await lab.run("images", "tune", "1", "--objects-per-second", "0").status == 0)
        let resumed = try await lab.run("images", "resume", "1", "--background")
        #expect(resumed.status == 0 && resumed.output.contains("left to the server"), "\(resumed)")
        try await isComplete(lab)
        third.signal(SIGTERM)
        try await third.wait(within: .seconds(60))
    }

    @Test func aRunWhoseProcessIsGoneGoesOnInTheServer() async throws {
        let lab = try await lab()
        let server = try lab.serve()
        let child = try lab.start([
            "images", "migrate", "press", "--to", "media", "--objects-per-second", "40", "--transfers", "2",
        ])
        try await grows(lab, beyond: 10)
        child.signal(SIGKILL)
        try await child.wait()
        #expect(try await lab.run("images", "tune", "1", "--objects-per-second", "0").status == 0)
        try await isComplete(lab)
        server.signal(SIGTERM)
        try await server.wait(within: .seconds(60))
    }

    /// What cannot begin is told, once, and waits for somebody.
    @Test func whatTheServerCannotBeginHasFailedWithAReason() async throws {
        let lab = try await lab()
        try await lab.run(
            "images", "source", "add", "remote", "--s3", "s3://bucket", "--credentials", "env:NOWHERE", "--no-check")
        try await lab.run("images", "migrate", "remote", "--to", "media", "--background")
        let server = try lab.serve()
        try await eventually(within: .seconds(60), every: .milliseconds(100), "a failure") {
            try await lab.state(1) == "failed"
        }
        let report = try await lab.run("images", "report", "1", "--output", "json")
        #expect(report.output.contains("NOWHERE"), "\(report)")
        server.signal(SIGTERM)
        try await server.wait(within: .seconds(60))
    }
}
