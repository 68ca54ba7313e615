/// SVG in UTF-16, which a byte order mark announces (XML 1.0 §4.3.3): read as if in UTF-8. All that the walk looks for is
/// ASCII, so that every other unit may stand for any letter beyond it.
struct WideSVGWalk: FormatWalk {
    private var inner = SVGWalk()
    private let isBigEndian: Bool
    /// The first byte of a unit whose second has not come yet.
    private var half: UInt8?
    private var units = 0

    /// - Parameter head: the first bytes; nil when they have no mark of UTF-16.
    init?(_ head: [UInt8]) {
        switch head.prefix(2) {
        case Self.bigEndian: isBigEndian = true
        case Self.littleEndian: isBigEndian = false
        default: return nil
        }
    }

    /// The marks.
    static let bigEndian: ArraySlice<UInt8> = [0xFE, 0xFF]
    static let littleEndian: ArraySlice<UInt8> = [0xFF, 0xFE]

    var facts: ImageFacts { inner.facts }

    mutating func consume(_ bytes: Span<UInt8>) -> WalkState {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 2 + 1)
        for i in bytes.indices {
            guard let first = half else {
                half = bytes[i]
                continue
            }
            half = nil
            units += 1
            let (high, low) = isBigEndian ? (first, bytes[i]) : (bytes[i], first)
            if units > 1 { text.append(high == 0 && low < 0x80 ? low : 0x80) }
        }
        return placed(inner.consume(text.span))
    }

    func end() -> WalkState { placed(inner.end()) }

    /// Offsets in bytes, behind the mark.
    private func placed(_ state: WalkState) -> WalkState {
        guard case .flaw(let flaw) = state, flaw.offset > 0 else { return state }
        return .flaw(Flaw(flaw.reason, at: 2 + 2 * flaw.offset))
    }
}
