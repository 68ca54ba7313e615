/// Several operators, each a series of processes of its own, who promote on one state at once, each as fast as they can.
///
/// Every operator has an application of their own, so that no promotion is another's conflict; what they share is the
/// state, its journal and its audit. One that loses a race, because the state is busy or what would be served has changed
/// since the plan was made, tries again.
package struct PromotionStorm: Sendable {
    package var operators: Int
    /// Of all operators together.
    package var promotions: Int

    package init(operators: Int = 4, promotions: Int) {
        self.operators = operators
        self.promotions = promotions
    }

    package struct Result: Sendable {
        /// Ids of the deployments that commands said they had committed.
        package var told: [Int] = []
        /// Ids of the promotions in the journal of production, ascending.
        package var kept: [Int] = []
        /// Numbers of all entries of that journal, ascending.
        package var sequence: [Int] = []
        /// Attempts that lost a race and were repeated.
        package var repeated = 0
        package var seconds = 0.0
        /// Each promotion's, from start to end of the command.
        package var milliseconds: [Double] = []
        /// What `state check` and `audit verify` answer.
        package var isIntact = false

        package var lost: Set<Int> { Set(told).subtracting(kept) }
        package var unknown: Set<Int> { Set(kept).subtracting(told) }
        package var doubled: Int { told.count - Set(told).count + kept.count - Set(kept).count }
        /// Whether every promotion that was told is kept once, and nothing else.
        package var holds: Bool {
            lost.isEmpty && unknown.isEmpty && doubled == 0 && isIntact && sequence == Array(1...max(1, sequence.count))
        }
    }

    /// Throws ``CommandAnswer/Failed`` when a command fails otherwise than by losing a race.
    package func run() async throws -> Result {
        let names = (1...max(1, operators)).map { "app\($0)" }
        let bench = try await StateBench.made(applications: names)
        for name in names {
            let text = try await bench.run(["version", "export", "\(name)@1"]).output
            try await bench.run(["version", "create", name])
            let file = try bench.folder.write(
                text.replacing(ShopZone.firstRelease, with: "release-2"), to: "\(name).yaml")
            try await bench.run(["version", "apply", "\(name)@2", "--file", file])
        }
        let before = try await journal(bench)
        let start = Monotonic.nanoseconds()
        var result = try await withThrowingTaskGroup(of: Result.self) { group in
            for (index, name) in names.enumerated() {
                let share = promotions / names.count + (index < promotions % names.count ? 1 : 0)
                group.addTask { try await promote(name, share, bench) }
            }
            return try await group.reduce(into: Result()) { all, one in
                all.told += one.told
                all.repeated += one.repeated
                all.milliseconds += one.milliseconds
            }
        }
        result.seconds = Double(Monotonic.nanoseconds() - start) / 1e9
        let after = try await journal(bench)
        result.sequence = after.map(\.sequence)
        result.kept = after.dropFirst(before.count).map(\.id)
        let checks = [try await bench.attempt(["state", "check"]), try await bench.attempt(["audit", "verify"])]
        result.isIntact = checks.allSatisfy { $0.status == 0 }
        return result
    }

    private func journal(_ bench: StateBench) async throws -> [(id: Int, sequence: Int)] {
        let list = try await bench.run(["history", "production", "--last", "1000000", "--output", "json"]).json
        return list.elements.compactMap { entry in
            entry["id"].int.flatMap { id in entry["sequence"].int.map { (id, $0) } }
        }.sorted { $0.0 < $1.0 }
    }

    private func promote(_ name: String, _ count: Int, _ bench: StateBench) async throws -> Result {
        var result = Result()
        for number in 0..<count {
            let version = number.isMultiple(of: 2) ? 2 : 1
            try await repeating(&result) {
                try await bench.attempt(
                    ["env", "assign", "staging", "\(name)@\(version)", "--output", "json", "--quiet"]
                        + StateBench.change)
            }
            let start = Monotonic.nanoseconds()
            let answer = try await repeating(&result) {
                try await bench.attempt(["promote", name, "--output", "json", "--quiet"] + StateBench.change)
            }
            result.milliseconds.append(Double(Monotonic.nanoseconds() - start) / 1e6)
            guard let id = answer.json["id"].int else { throw CommandAnswer.Failed(answer: answer) }
            result.told.append(id)
        }
        return result
    }

    @discardableResult
    private func repeating(
        _ result: inout Result, _ command: () async throws -> CommandAnswer
    ) async throws -> CommandAnswer {
        while true {
            let answer = try await command()
            if answer.status == 0 { return answer }
            guard ["stale", "conflict", "state-busy"].contains(answer.errorJSON["error"]["code"].text) else {
                throw CommandAnswer.Failed(answer: answer)
            }
            result.repeated += 1
        }
    }
}
