import EdgeModel

/// A histogram in few bytes, as most of its steps are empty: a form number, then numbers of seven bits a byte, the lowest
/// first: the sum of all times, the bounds where they are not the usual ones, and the counts up to the last that is not 0.
enum LatencyCode {
    private static let usual: UInt8 = 1
    private static let stated: UInt8 = 2

    /// nil: nothing was counted.
    static func bytes(_ latency: LatencyFigures) -> [UInt8]? {
        guard latency.counts.contains(where: { $0 != 0 }) || latency.total != 0 else { return nil }
        let isUsual = latency.bounds == LatencyFigures.standardBounds
        var bytes = [isUsual ? usual : stated]
        append(latency.total, to: &bytes)
        if !isUsual {
            append(latency.bounds.count, to: &bytes)
            for bound in latency.bounds { append(bound, to: &bytes) }
        }
        let last = latency.counts.lastIndex { $0 != 0 } ?? -1
        for count in latency.counts.prefix(last + 1) { append(count, to: &bytes) }
        return bytes
    }

    /// nil: no histogram.
    static func latency(_ bytes: [UInt8]?) -> LatencyFigures? {
        guard let bytes else { return LatencyFigures() }
        guard let form = bytes.first, form == usual || form == stated else { return nil }
        var numbers: [Int] = []
        var (number, shift): (UInt64, UInt64) = (0, 0)
        for byte in bytes.dropFirst() {
            guard shift < 63 else { return nil }
            number |= UInt64(byte & 0x7F) << shift
            shift += 7
            guard byte < 0x80 else { continue }
            guard let whole = Int(exactly: number) else { return nil }
            numbers.append(whole)
            (number, shift) = (0, 0)
        }
        guard shift == 0, let total = numbers.first else { return nil }
        var rest = numbers.dropFirst()
        var bounds = LatencyFigures.standardBounds
        if form == stated {
            guard let count = rest.first, count < rest.count else { return nil }
            bounds = Array(rest.dropFirst().prefix(count))
            rest = rest.dropFirst(count + 1)
        }
        guard rest.count <= bounds.count + 1 else { return nil }
        let empty = Array(repeating: 0, count: bounds.count + 1 - rest.count)
        return LatencyFigures(bounds: bounds, counts: Array(rest) + empty, total: total)
    }

    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        var rest = UInt64(max(0, number))
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
