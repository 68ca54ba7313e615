import FoundationEssentials
import Glibc
import TestKit
import Testing

extension EndToEnd {
    @Suite("A rollback works when other things do not")
    struct RollbackTests {
        @Test func withServeDownItIsCommittedAndAppliedAtTheRestart() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.promoteSecondVersion()
            await edge.stopServe()
            let words = ["rollback", "shop", "--yes"]
            let back = try await edge.attempt(words)
            #expect(back.status == 69)
            #expect(back.errors.contains("committed: true") && back.errors.contains("signalbox serve"), "\(back)")
            for address in edge.production { #expect(try await edge.version(at: address) == "shop@2") }
            try await edge.startServe()
            try await edge.serves("shop@1", at: edge.production)
            await edge.stop()
        }

        @Test func aDeadNodeIsNamedAndLaterNotWaitedFor() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.promoteSecondVersion()
            let (fra, hil) = (try edge["fra1"], try edge["hil1"])
            try await edge.killNode(hil)
            let back = try await edge.attempt(["rollback", "shop", "--yes", "--wait", "20s"] + EdgeScenario.asJSON)
            #expect(back.status == 124, "\(back)")
            #expect(back.errorJSON["committed"] == .bool(true))
            #expect(back.errorJSON["acknowledged"].texts == ["fra1"] && back.errorJSON["missing"].texts == ["hil1"])
            try await edge.serves("shop@1", at: [fra.production])

            // Once it counts as lost, nobody waits for it any more.
            let again = try await edge.signalbox(
                ["promote", "shop", "--accept-warnings", "--yes", "--wait", "90s"] + EdgeScenario.asJSON)
            #expect(again.json["acknowledged"].texts == ["fra1"] && again.json["missing"] == .array([]))

            // Back again, it serves what is live now, not what it had.
            try await edge.startNode(hil)
            try await edge.serves("shop@2", at: [hil.production])
            await edge.stop()
        }

        @Test func anEnvoyThatRefusesOrIsMissingHoldsUpPromotionsOnly() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.stageSecondVersion()
            let refuses = ["SIGNALBOX_ENVOY": "/bin/false"] as [String: String?]
            let held = try await edge.attempt(
                ["promote", "shop", "--accept-warnings", "--yes"], environment: refuses)
            #expect(held.status == 77)
            #expect(held.errors.contains("refused-by-envoy"), "\(held)")
            try await edge.signalbox("promote", "shop", "--accept-warnings", "--yes")

            try await edge.signalbox(["rollback", "shop", "--yes"], environment: refuses)
            try await edge.serves("shop@1", at: edge.production)
            try await edge.signalbox("promote", "shop", "--accept-warnings", "--yes")
            try await edge.signalbox(["rollback", "shop", "--yes"], environment: ["SIGNALBOX_ENVOY": "/nowhere/envoy"])
            try await edge.serves("shop@1", at: edge.production)
            await edge.stop()
        }

        /// The server's own check of what it publishes must not keep anybody from going back either.
        @Test func theServersCheckDoesNotHoldItUp() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.promoteSecondVersion()
            let gate = try Gate(in: edge.folder, before: EnvoyBinary.require())
            await edge.stopServe()
            try await edge.startServe(environment: ["SIGNALBOX_ENVOY": gate.program])
            try await edge.isSettled()
            try gate.refuse()
            try await edge.signalbox("rollback", "shop", "--yes")
            try await edge.serves("shop@1", at: edge.production)
            await edge.stop()
        }

        @Test func toAVersionThatCouldNotBePromotedToday() async throws {
            let edge = try await EdgeScenario.running()
            // A rule that is promoted while it is switched off, and then needs a field that this edge never fills.
            try await edge.makeVersion(
                replacing: "http.request.uri.path eq \"/login.php\"", by: "cf.threat_score gt 10")
            let check = try await edge.attempt("version", "check", "shop@2")
            #expect(check.status == 1)
            try await edge.signalbox("version", "lock", "shop@2")
            let back = try await edge.signalbox(["rollback", "shop", "--to", "2", "--yes"] + EdgeScenario.asJSON)
            #expect(back.json["acknowledged"].texts == ["fra1", "hil1"])
            try await edge.serves("shop@2", at: edge.production)
            await edge.stop()
        }
    }

    /// A program in the place of Envoy that hands over to the real one until it is told to refuse.
    private struct Gate {
        let program: String

        init(in folder: TemporaryDirectory, before envoy: String) throws {
            let script = """
                #!/bin/sh
                if [ -e "$0.refuses" ]; then echo 'refused by the gate' >&2; exit 1; fi
                exec '\(envoy)' "$@"

                """
            program = try folder.write(script, to: "gate")
            chmod(program, 0o700)
        }

        func refuse() throws {
            try Data().write(to: URL(filePath: program + ".refuses"))
        }
    }
}
