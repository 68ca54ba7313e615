import EdgeModel
import EdgePlan
import Testing

@Suite("What was answered lately")
struct FiguresWindowTests {
    private func figures(_ requests: Int, fast: Int, slow: Int, errors: Int) -> NodeFigures {
        var latency = LatencyFigures()
        latency.counts[0] = fast
        latency.counts[6] = slow
        return NodeFigures(
            configurations: [
                ConfigurationFigures(
                    configuration: ConfigurationID(rawValue: 102), application: "shop", version: 2, requests: requests,
                    statusClasses: [0, requests - errors, 0, 0, errors], latency: latency)
            ], rules: [], clusters: [])
    }

    @Test func ratesAndLatencyAreOfTheWindowAndTotalsOfAllTime() throws {
        var window = FiguresWindow()
        window.add([figures(1000, fast: 1000, slow: 0, errors: 7)], at: Timestamp(milliseconds: 0))
        window.add([figures(1100, fast: 1098, slow: 2, errors: 9)], at: Timestamp(milliseconds: 10_000))
        let recent = try #require(window.recent.first)
        #expect(recent.label == "shop@2" && recent.total == 1100 && recent.perSecond == 10)
        #expect(recent.statusClasses == [0, 98, 0, 0, 2])
        #expect(recent.p50 == 500 && recent.p95 == 500 && recent.p99 == 50_000)
    }

    @Test func oldSamplesLeaveAndNodesAddUp() throws {
        var window = FiguresWindow()
        for second in 0...60 {
            let one = figures(second * 20, fast: second * 20, slow: 0, errors: 0)
            window.add([one, one], at: Timestamp(milliseconds: Int64(second) * 1000))
        }
        #expect(try #require(window.recent.first).perSecond == 40)
    }

    @Test func oneSampleSaysNothingOfRates() throws {
        var window = FiguresWindow()
        #expect(window.recent.isEmpty)
        window.add([figures(5, fast: 5, slow: 0, errors: 0)], at: Timestamp(milliseconds: 0))
        #expect(try #require(window.recent.first).perSecond == 0)
    }
}
