import FoundationEssentials
import Glibc
import TestKit
import Testing

extension EndToEnd {
    @Suite("Operators and pipelines do not overwrite one another")
    struct OperatorTests {
        @Test func ofTwoAtOnceOneWinsAndTheOtherSeesWhatChanged() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.stageSecondVersion()
            let pause = try PausingEnvoy(in: edge.folder)
            // The first has planned and lets Envoy look at it; meanwhile the second changes production.
            async let first = edge.attempt(
                ["promote", "shop", "--accept-warnings", "--yes", "--as", "first"],
                environment: ["SIGNALBOX_ENVOY": pause.program])
            try await pause.isReached()
            try await edge.signalbox("rollback", "shop", "--yes", "--as", "second")
            try await pause.goOn()
            let answer = try await first
            #expect(answer.status == 75)
            #expect(answer.errors.contains("second") && answer.errors.contains("shop"), "\(answer)")
            let last = try await edge.signalbox("history", "production", "--last", "1", "--output", "json").json[0]
            #expect(last["kind"] == .string("rollback"))
            await edge.stop()
        }

        @Test func aReviewedPlanIsAppliedOrNothing() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.stageSecondVersion()
            let sum = try await edge.signalbox("plan", "promote", "shop", "--output", "name").output.trimmed
            // What stands on staging changes after the review.
            try await edge.makeVersion(replacing: "release-2", by: "release-3")
            try await edge.signalbox("env", "assign", "staging", "shop@3", "--accept-warnings", "--yes")
            let words = ["promote", "shop", "--accept-warnings", "--yes", "--plan"]
            let stale = try await edge.attempt(words + [sum])
            #expect(stale.status == 77, "\(stale)")
            for address in edge.production { #expect(try await edge.version(at: address) == "shop@1") }

            let fresh = try await edge.signalbox("plan", "promote", "shop", "--output", "name").output.trimmed
            #expect(fresh != sum)
            try await edge.signalbox(words + [fresh])
            try await edge.serves("shop@3", at: edge.production)
            await edge.stop()
        }

        @Test func undoReversesWhatNobodyTouchedSince() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.stageSecondVersion()
            let promoted = try await edge.signalbox(
                ["promote", "shop", "--accept-warnings", "--yes"] + EdgeScenario.asJSON)
            let id = "\(try #require(promoted.json["id"].int))"
            try await edge.signalbox("undo", "--yes")
            try await edge.serves("shop@1", at: edge.production)

            let again = try await edge.attempt("undo", id, "--yes")
            #expect(again.status == 77)
            #expect(again.errors.contains("changed the same thing since"), "\(again)")
            await edge.stop()
        }

        @Test func withoutATerminalNothingIsDoneUnasked() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.stageSecondVersion()
            let unasked = try await edge.attempt(["promote", "shop", "--accept-warnings"])
            #expect(unasked.status == 77)
            #expect(unasked.errors.contains("signalbox promote shop --accept-warnings --yes"), "\(unasked)")
            for address in edge.production { #expect(try await edge.version(at: address) == "shop@1") }
            await edge.stop()
        }
    }

    /// A program in the place of Envoy that waits inside the check until it is let go, and then finds nothing wrong.
    private struct PausingEnvoy: Sendable {
        let program: String
        private var reached: String { program + ".reached" }
        private var fifo: String { program + ".fifo" }

        init(in folder: TemporaryDirectory) throws {
            let script = """
                #!/bin/sh
                : > "$0.reached"
                read go < "$0.fifo"

                """
            program = try folder.write(script, to: "pausing-envoy")
            chmod(program, 0o700)
            guard mkfifo(fifo, 0o600) == 0 else { throw NoPipe(code: errno) }
        }

        func isReached() async throws {
            try await eventually("the check of the plan") { access(reached, F_OK) == 0 }
        }

        func goOn() async throws {
            // Held open by the waiting program, so that this does not block when it has gone; it opens it a moment after
            // it said that it waits.
            try await eventually("somebody who waits") {
                let descriptor = open(fifo, O_WRONLY | O_NONBLOCK)
                guard descriptor >= 0 else { throw NoPipe(code: errno) }
                defer { close(descriptor) }
                return write(descriptor, "go\n", 3) == 3
            }
        }

        struct NoPipe: Error {
            let code: Int32
        }
    }
}
