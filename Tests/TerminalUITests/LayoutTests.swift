import TestKit
import Testing

@testable import TerminalUI

@Suite("Layout")
struct LayoutTests {
    @Test func fixedFirstThenMinimumsThenShares() {
        #expect(Layout.lengths(100, [.fixed(10), .share(2), .share(1)]) == [10, 60, 30])
        #expect(Layout.lengths(100, [.share(1, minimum: 80), .share(1)]) == [80, 20])
        #expect(Layout.lengths(5, [.fixed(10), .share(1, minimum: 3)]) == [5, 0])
    }

    @Test func randomPartsFillTheBlock() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<2000 {
            let total = Int.random(in: 0...200, using: &random)
            let parts: [Extent] = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? .fixed(.random(in: 0...40, using: &random))
                    : .share(.random(in: 1...4, using: &random), minimum: .random(in: 0...40, using: &random))
            }
            let lengths = Layout.lengths(total, parts)
            let shares = parts.contains { if case .share = $0 { true } else { false } }
            #expect(lengths.allSatisfy { $0 >= 0 })
            #expect(shares ? lengths.reduce(0, +) == total : lengths.reduce(0, +) <= total)
        }
    }
}
