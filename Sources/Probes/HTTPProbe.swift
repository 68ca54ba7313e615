package import WebTransport

/// Asks one URL once and judges the answer: the health check of an origin, a node or a canary.
package struct HTTPProbe: Sendable {
    /// What counts as healthy.
    package struct Expectation: Hashable, Sendable {
        package var statuses: ClosedRange<Int>
        /// Headers that must be there with exactly that value.
        package var headers: [WebHeader]
        /// In microseconds; nil for any.
        package var slowest: Int64?

        package init(statuses: ClosedRange<Int> = 200...399, headers: [WebHeader] = [], slowest: Int64? = nil) {
            self.statuses = statuses
            self.headers = headers
            self.slowest = slowest
        }

        /// Every way in which the outcome falls short; empty when it is healthy. Pure.
        package func shortcomings(of outcome: ProbeOutcome) -> [String] {
            guard let answer = outcome.answer else { return outcome.failure.map { [$0.message] } ?? [] }
            var found: [String] = []
            if !statuses.contains(answer.status) {
                found.append("status \(answer.status), expected \(statuses.lowerBound) to \(statuses.upperBound)")
            }
            for header in headers
            where !answer.headers.contains(where: { header.isNamed($0.name) && $0.value == header.value }) {
                found.append("no header \(header.name): \(header.value)")
            }
            if let slowest, answer.timings.total > slowest {
                let (took, allowed) = (answer.timings.total, slowest)
                found.append("took \(ProbeText.milliseconds(took)), allowed \(ProbeText.milliseconds(allowed))")
            }
            return found
        }
    }

    package struct Result: Hashable, Sendable, Codable {
        package var outcome: ProbeOutcome
        package var shortcomings: [String]
        package var isHealthy: Bool { shortcomings.isEmpty }
    }

    private let transport: any WebTransport
    private let expectation: Expectation

    package init(transport: any WebTransport, expecting expectation: Expectation = Expectation()) {
        self.transport = transport
        self.expectation = expectation
    }

    /// Never throws: no answer is a result too.
    package func run(_ request: WebRequest) async -> Result {
        let outcome: ProbeOutcome
        do throws(WebError) {
            outcome = .answer(ProbeAnswer(try await transport.send(request)))
        } catch {
            outcome = .failure(error)
        }
        return Result(outcome: outcome, shortcomings: expectation.shortcomings(of: outcome))
    }
}
