/// How much of a length one part takes.
package enum Extent: Sendable, Hashable {
    /// So many cells, fewer only when there are not so many.
    case fixed(Int)
    /// A share of what the fixed parts leave, by weight, at least `minimum` cells while there is room.
    case share(Int, minimum: Int = 0)

    package static var rest: Extent { .share(1) }
}

/// Divides a block among parts that lie beside or below each other. Pure, and the parts always fill the block.
package enum Layout {
    /// The parts from top to bottom.
    package static func rows(_ rect: Rect, _ parts: [Extent]) -> [Rect] {
        var rest = rect
        return lengths(rect.height, parts).map { length in
            let (head, tail) = rest.top(length)
            rest = tail
            return head
        }
    }

    /// The parts from left to right, with `gap` empty columns between them.
    package static func columns(_ rect: Rect, _ parts: [Extent], gap: Int = 0) -> [Rect] {
        let gaps = max(0, parts.count - 1) * gap
        var rest = rect
        return lengths(max(0, rect.width - gaps), parts).map { length in
            let (head, tail) = rest.left(length)
            rest = tail.left(gap).rest
            return head
        }
    }

    /// How long each part is. The lengths sum to `total` when a part takes a share, and never exceed it.
    ///
    /// Parts are served in order when there is too little: first the fixed ones, then the minimums.
    package static func lengths(_ total: Int, _ parts: [Extent]) -> [Int] {
        var left = max(0, total)
        var result = parts.map { part -> Int in
            guard case .fixed(let cells) = part else { return 0 }
            let taken = min(max(0, cells), left)
            left -= taken
            return taken
        }
        for (index, part) in parts.enumerated() {
            guard case .share(_, let minimum) = part else { continue }
            let taken = min(max(0, minimum), left)
            left -= taken
            result[index] = taken
        }
        share(left, among: parts, into: &result)
        return result
    }

    /// Gives the rest by weight, so that a part which its minimum already serves gets less of it.
    private static func share(_ left: Int, among parts: [Extent], into result: inout [Int]) {
        var open = parts.indices.filter { weight(parts[$0]) > 0 }
        // What the open parts have together, their minimums included.
        var pool = left + open.reduce(0) { $0 + result[$1] }
        while !open.isEmpty {
            let sum = open.reduce(0) { $0 + weight(parts[$1]) }
            // A part whose minimum is above its share leaves the division; the others divide what remains.
            guard let above = open.firstIndex(where: { result[$0] * sum > pool * weight(parts[$0]) }) else {
                divide(pool, among: parts, open, sum, into: &result)
                return
            }
            pool -= result[open[above]]
            open.remove(at: above)
        }
    }

    private static func divide(
        _ pool: Int, among parts: [Extent], _ open: [Int], _ sum: Int, into result: inout [Int]
    ) {
        var given = 0
        var seen = 0
        for index in open {
            seen += weight(parts[index])
            let end = pool * seen / sum
            result[index] = end - given
            given = end
        }
    }

    private static func weight(_ part: Extent) -> Int {
        if case .share(let weight, _) = part { max(0, weight) } else { 0 }
    }
}
