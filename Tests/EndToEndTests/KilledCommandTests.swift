import FoundationEssentials
import TestKit
import Testing

extension EndToEnd {
    @Suite("Commands that are killed, and many at once")
    struct KilledCommandTests {
        /// coreutils' timeout kills without grace, so that the moment is in its hands and not in a pause of the test. The
        /// moments gather where about half of the commands have committed, however fast the machine is.
        @Test func aPromotionKilledAnywhereIsWholeOrNotThere() async throws {
            var random = SeededGenerator.announced("kill -9")
            let bench = try await StateBench.made()
            let text = try await bench.run(["version", "export", "shop@1"]).output
            try await bench.run(["version", "create", "shop"])
            let file = try bench.folder.write(text.replacing("nosniff", with: "nosniff-2"), to: "two.yaml")
            try await bench.run(["version", "apply", "shop@2", "--file", file])

            let clock = ContinuousClock()
            let start = clock.now
            try await bench.run(["env", "assign", "staging", "shop@2"] + StateBench.change)
            var middle = (clock.now - start) / .milliseconds(1)
            var (kept, gone) = (0, 0)
            for round in 0..<24 {
                let before = try await Picture(bench)
                let milliseconds = Double.random(in: 0.6...1.4, using: &random) * middle
                let wanted = before.production == 1 ? 2 : 1
                let answer = try await bench.attempt(
                    ["rollback", "shop", "--to", "\(wanted)"] + StateBench.change,
                    prefix: ["timeout", "-s", "KILL", "\(milliseconds / 1_000)"])
                let after = try await Picture(bench)
                let told = answer.output.contains("done: ")
                if after.deployments == before.deployments {
                    #expect(!told, "round \(round): what was told is kept")
                    #expect(after == before, "round \(round): nothing is half done")
                    gone += 1
                    middle *= 1.15
                } else {
                    #expect(after.deployments == before.deployments + 1 && after.audited == before.audited + 1)
                    #expect(after.production == wanted, "round \(round): the assignment and its entry, or neither")
                    kept += 1
                    middle /= 1.15
                }
                #expect(after.journalSays == after.production, "round \(round)")
            }
            print("killed: \(kept) kept, \(gone) gone")
            for words in [["state", "check"], ["audit", "verify"]] { try await bench.run(words) }
        }

        private struct Picture: Equatable {
            var deployments = 0
            var audited = 0
            /// The version of the assignment, and of the journal's newest entry.
            var production: Int?
            var journalSays: Int?

            init(_ bench: StateBench) async throws {
                let history = try await bench.run(["history", "production", "--last", "1000", "--output", "json"]).json
                deployments = history.elements.count
                journalSays = history[0]["change"]["to"].int
                audited = try await bench.run(["audit", "list", "--last", "1000", "--output", "json"]).json.elements
                    .count
                let label = try await bench.run(["version", "show", "shop@production", "--output", "name"]).output
                production = Int(label.trimmed.drop { $0 != "@" }.dropFirst())
                for words in [["state", "check"], ["audit", "verify"]] { try await bench.run(words) }
            }
        }

        @Test func promotionsOfFourOperatorsAtOnceAreAllKeptOnce() async throws {
            let result = try await PromotionStorm(operators: 4, promotions: 24).run()
            #expect(result.told.count == 24)
            #expect(result.lost == [] && result.unknown == [] && result.doubled == 0 && result.isIntact)
            #expect(result.holds, "\(result)")
        }
    }
}
