import EdgeEngine
import EdgeModel
import EdgePlan
import FoundationEssentials
import RulesLanguage
import TestKit

/// Random requests through a real Envoy with random rules, compared with the engine in this process.
final class DifferentialRun {
    struct Mismatch: CustomStringConvertible {
        let place: String
        let request: ClientRequest
        let differences: [String]
        let explanation: Explanation?
        let index: RuleIndex
        /// The same in its smallest form; nil when it was not made smaller.
        var smallest: String?

        var description: String {
            var text = "\(place): \(request)\n  \(differences.joined(separator: "\n  "))"
            if let smallest { text += "\n  smallest form:\n    \(smallest)" }
            guard let explanation else { return text }
            text += "\n  \(explanation.label), \(explanation.outcome.kind)"
            for step in explanation.phases {
                for rule in step.rules where rule.state == .matched {
                    let entry = index["\(explanation.configurations.last ?? "") \(rule.ref)"]
                    text +=
                        "\n  \(rule.ref): \(entry?.rule.expression ?? "?")\n    \(rule.effects.joined(separator: "; "))"
                }
            }
            return text
        }
    }

    let edge: LabEdge
    private(set) var coverage = Coverage()
    private(set) var mismatches: [Mismatch] = []
    private(set) var requests = 0
    /// Requests that the engine decided otherwise when it explained itself.
    private(set) var recorderDisagreements = 0
    /// Broken evaluators that gave themselves away, and with which request.
    private(set) var caught: [String: Int] = [:]
    private var generator: SeededGenerator
    /// Mismatches that were made small; each costs the edge a minute.
    private var shrunk = 0

    init(edge: LabEdge, generator: SeededGenerator) {
        self.edge = edge
        self.generator = generator
    }

    /// One set of rules and so many requests. Throws when the edge cannot be had to serve the rules.
    func round(_ number: Int, requests count: Int) async throws {
        var dice = Dice(seed: generator.next())
        let conditions = RandomCondition(ports: Array(Set((edge.servers + edge.servers6).map(\.port))).sorted())
        let ports = Dictionary(uniqueKeysWithValues: edge.origins.origins.map { ($0.origin, $0.listening.port) })
        let maker = RandomEdge(configurations: RandomConfiguration(conditions: conditions, origins: ports))
        let snapshot = maker.snapshot(&dice, firstID: 100 * (number + 1))
        let (plan, findings) = PlanCompiler.compile(snapshot)
        let errors = findings.filter { $0.severity == .error }
        guard errors.isEmpty else { throw NoPlan(findings: errors.map { "\($0)" }) }
        try await edge.serve(plan)
        let requests = RandomRequest(servers: edge.servers, servers6: edge.servers6)
        let list = (0..<count).map { _ in requests.request(&dice) }
        let answers = try await Blocking.run {
            let client = EdgeClient()
            return list.map { request in Result { () throws(SocketFailure) in try client.answer(to: request) } }
        }
        let known = mismatches.count
        try compare(list, answers, snapshot, plan, number)
        for place in known..<mismatches.count where shrunk < 3 {
            shrunk += 1
            mismatches[place].smallest = try await smallest(mismatches[place].request, snapshot)
        }
    }

    private func smallest(_ request: ClientRequest, _ snapshot: EdgeSnapshot) async throws -> String {
        let shrinker = Shrinker { one in
            let (plan, findings) = PlanCompiler.compile(one.snapshot)
            guard !findings.contains(where: { $0.severity == .error }) else { return false }
            try await self.edge.serve(plan)
            let answer = try await Blocking.run {
                Result { () throws(SocketFailure) in try EdgeClient().answer(to: one.request) }
            }
            let sides = try self.sides(plan)
            let side = LabEdge.isLower(one.request.server) ? sides.lower : sides.production
            let expectation = side.expectation(
                of: one.request, seconds: Int64(Date().timeIntervalSince1970), explained: false)
            return try !self.differences(answer, one.request, expectation).isEmpty
        }
        let found = try await shrinker.shrunk(.init(snapshot: snapshot, request: request))
        return found.map { "\($0)" } ?? "none: on its own the request is answered as it should be"
    }

    struct NoPlan: Error, CustomStringConvertible {
        let findings: [String]
        var description: String { "the random rules do not compile: \(findings.joined(separator: "\n"))" }
    }

    private typealias Sides = (production: InProcessEdge, lower: InProcessEdge)

    private func sides(_ plan: EdgePlan, _ distort: @escaping (inout EdgeRequest) -> Void = { _ in }) throws -> Sides {
        let counts = InProcessEdge.Counts()
        return (
            try InProcessEdge(plan.production, origins: plan.origins, counts: counts, distort: distort),
            try InProcessEdge(plan.lower, origins: plan.origins, counts: counts, distort: distort)
        )
    }

    private func compare(
        _ list: [ClientRequest], _ answers: [Result<RawHTTPResponse, SocketFailure>], _ snapshot: EdgeSnapshot,
        _ plan: EdgePlan, _ number: Int
    ) throws {
        let engine = try sides(plan)
        let index = try RuleIndex(snapshot)
        var suspects = try BrokenEvaluator.all.filter { caught[$0.name] == nil }.map { broken in
            (broken.name, try sides(broken.plan(of: snapshot), broken.request))
        }
        let seconds = Int64(Date().timeIntervalSince1970)
        for (place, (request, answer)) in zip(list, answers).enumerated() {
            requests += 1
            let isLower = LabEdge.isLower(request.server)
            let side = isLower ? engine.lower : engine.production
            let expectation = side.expectation(of: request, seconds: seconds, explained: true)
            let differences = try self.differences(answer, request, expectation)
            var explanation: Explanation?
            switch expectation {
            case .refused: coverage.count(outcome: "refused")
            case .noZone: coverage.count(outcome: "noZone")
            case .answered(_, let found):
                explanation = found
                if let found { coverage.count(found, index) }
            }
            if !differences.isEmpty {
                mismatches.append(
                    Mismatch(
                        place: "round \(number), request \(place)", request: request, differences: differences,
                        explanation: explanation, index: index))
            }
            suspects.removeAll { name, sides in
                let side = isLower ? sides.lower : sides.production
                let claim = side.expectation(of: request, seconds: seconds, explained: false)
                guard let differences = try? self.differences(answer, request, claim), !differences.isEmpty else {
                    return false
                }
                caught[name] = requests
                return true
            }
        }
        recorderDisagreements += engine.production.recorderDisagreements + engine.lower.recorderDisagreements
    }

    private func differences(
        _ answer: Result<RawHTTPResponse, SocketFailure>, _ request: ClientRequest, _ expectation: Expectation
    ) throws -> [String] {
        let seen: Observation
        switch answer {
        case .failure(let failure): return ["no answer: \(failure)"]
        case .success(let response): seen = try Observation(response, method: request.method)
        }
        switch expectation {
        case .refused(let reason):
            return seen.status == 400 && seen.atOrigin == nil ? [] : ["edge \(seen.status), engine refuses: \(reason)"]
        case .noZone:
            return seen.status == 404 && seen.atOrigin == nil ? [] : ["edge \(seen.status), engine knows no such zone"]
        case .answered(let expected, _): return seen.differences(from: expected)
        }
    }
}
