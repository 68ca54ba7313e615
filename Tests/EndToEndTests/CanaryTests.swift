import Glibc
import TestKit
import Testing

extension EndToEnd {
    @Suite("Requests on staging hold a promotion, never a rollback")
    struct CanaryTests {
        private static let promote = ["promote", "shop", "--accept-warnings", "--yes"]

        /// Code, severity and message of what the refusal names.
        private func findings(_ answer: CommandAnswer, _ code: String) -> [JSONTree] {
            answer.errorJSON["error"]["findings"].elements.filter { $0["code"] == .string(code) }
        }

        /// `dead` answers no connection: every request gets an error that no rule asks for.
        private func makeVersionWithoutOrigin(_ edge: EdgeScenario) async throws {
            try await edge.makeVersion { text in
                text.replacing("default_origin: web", with: "default_origin: dead")
                    .replacing(
                        "origins:\n", with: "origins:\n  dead:\n    endpoints: [{address: 127.0.0.1, port: 1}]\n")
            }
        }

        @Test func aVersionThatAnswersWithErrorsIsNotPromoted() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.promoteSecondVersion()
            try await makeVersionWithoutOrigin(edge)
            try await edge.signalbox("env", "assign", "staging", "shop@3", "--accept-warnings", "--yes")
            try await eventually("errors on staging") { try await edge.get(at: edge.staging[0]).status == 503 }

            let held = try await edge.attempt(Self.promote + EdgeScenario.asJSON)
            #expect(held.status == 77, "\(held)")
            let found = findings(held, "canary-failed")
            #expect(!found.isEmpty, "\(held)")
            for finding in found {
                #expect(finding["severity"] == .string("error"))
                #expect(finding["message"].text?.contains("shop@3 answers with 503") == true, "\(finding)")
                #expect(finding["remedy"].text?.hasPrefix("signalbox trace http://") == true, "\(finding)")
            }
            let nodes = found.compactMap { $0["place"].text?.split(separator: "(").last.map(String.init) }
            #expect(Set(nodes) == ["fra1)", "hil1)"], "\(nodes)")
            for address in edge.production { #expect(try await edge.version(at: address) == "shop@2") }
            let words = try await edge.attempt(Self.promote)
            #expect(words.errors.contains("[canary-failed]") && words.status == 77, "\(words)")

            // Going back asks nobody, though staging still answers with errors.
            let back = try await edge.signalbox(["rollback", "shop", "--yes"] + EdgeScenario.asJSON)
            #expect(back.json["acknowledged"].texts == ["fra1", "hil1"])
            try await edge.serves("shop@1", at: edge.production)
            #expect(try await edge.get(at: edge.staging[0]).status == 503)
            await edge.stop()
        }

        @Test func aNodeThatAnswersWithAnotherVersionHoldsThePromotion() async throws {
            let edge = try await EdgeScenario.running()
            let node = try edge["fra1"]
            try await edge.makeVersion(by: "release-2")
            // Its Envoy serves on, but hears of nothing new.
            edge.signalNode(node, SIGSTOP)
            try await edge.signalbox("env", "assign", "staging", "shop@2", "--accept-warnings", "--yes", "--no-wait")
            try await edge.serves("shop@2", at: [try edge["hil1"].staging])
            let held = try await edge.attempt(Self.promote + EdgeScenario.asJSON)
            #expect(held.status == 77, "\(held)")
            let found = findings(held, "canary-failed")
            #expect(found.contains { $0["message"] == .string("shop@1 answered, not shop@2") }, "\(held)")
            #expect(found.allSatisfy { $0["place"].text?.hasSuffix("(fra1)") == true }, "\(found)")
            edge.signalNode(node, SIGCONT)
            try await edge.serves("shop@2", at: [node.staging])
            try await edge.signalbox(Self.promote)
            try await edge.serves("shop@2", at: edge.production)
            await edge.stop()
        }

        @Test func aSilentNodeIsAWarningAndSilenceEverywhereAnError() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.stageSecondVersion()
            // The service is stopped too, or it would start another Envoy at once.
            func silence(_ name: String) throws {
                let node = try edge[name]
                edge.signalNode(node, SIGSTOP)
                if let envoy = edge.envoyProcess(of: node) { kill(envoy, SIGKILL) }
            }
            try silence("fra1")
            let asked = try await edge.attempt(["promote", "shop", "--yes"] + EdgeScenario.asJSON)
            #expect(asked.status == 77, "\(asked)")
            let found = findings(asked, "canary-unanswered")
            #expect(!found.isEmpty && found.allSatisfy { $0["severity"] == .string("warning") }, "\(asked)")
            #expect(found.allSatisfy { $0["place"].text?.hasSuffix("(fra1)") == true }, "\(found)")

            try silence("hil1")
            let held = try await edge.attempt(Self.promote + EdgeScenario.asJSON)
            #expect(held.status == 77, "\(held)")
            let all = findings(held, "canary-unanswered")
            #expect(!all.isEmpty && all.allSatisfy { $0["severity"] == .string("error") }, "\(held)")

            let back = try await edge.attempt(["rollback", "shop", "--yes", "--no-wait"] + EdgeScenario.asJSON)
            #expect(back.status == 0 && back.json["committed"] == .bool(true), "\(back)")
            for node in edge.nodes { edge.signalNode(node, SIGCONT) }
            // Both start their Envoys again and serve what was gone back to.
            for address in edge.production {
                try await eventually("the zone's own configuration at \(address)") {
                    try await edge.version(at: address)?.hasPrefix("777:") == true
                }
            }
            await edge.stop()
        }
    }
}
