import ControlPlane
import EdgeModel
import MailRouting
import Testing

@testable import Console

/// Counters of mail as the hour that a screen draws.
struct MailHourTests {
    @Test func figuresOfAnHourEndWithIt() throws {
        let now = Timestamp(milliseconds: 10_000_000)
        func span(_ ago: Int64, _ matched: Int, rule: String = "info") -> MailCounterSpan {
            var counters = MailRuleCounters(domain: "example.com", rule: rule)
            (counters.matched, counters.forwarded, counters.bounced) = (matched, matched, 1)
            let start = MailCounterSpan.start(of: now).advanced(byMilliseconds: -ago * MailCounterSpan.length)
            return MailCounterSpan(start: start, counters: counters)
        }
        let hour = MailHour([span(0, 2), span(0, 4, rule: "-"), span(1, 1), span(11, 9), span(12, 100)], at: now)
        #expect(hour.counts == [9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 6])
        #expect(hour.matched == 12 && hour.forwarded == 16 && hour.failed == 4)
        #expect(MailRulesScreen.sparkline([0, 1, 8, 16]) == " ▁▄█")
    }
}
