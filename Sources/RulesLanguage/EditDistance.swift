/// Finds the name a mistyped one was meant to be.
package enum EditDistance {
    /// The closest candidate within two edits (one for short names, where two letters that changed places are one);
    /// nil when none is.
    package static func nearest(to name: String, among candidates: [String]) -> String? {
        nearest(to: Array(name.utf8), among: candidates.map { Array($0.utf8) }).map { candidates[$0] }
    }

    /// The same for names as bytes; its place among the candidates.
    static func nearest(to name: [UInt8], among candidates: [[UInt8]]) -> Int? {
        let wanted = name.prefix(80).map(ASCII.lowercase)
        var limit = wanted.count < 5 ? 1 : 2
        var best: Int?
        // Kept from candidate to candidate: there are hundreds, and most differ in length or at once.
        var row = [Int](repeating: 0, count: wanted.count + 3)
        for (index, candidate) in candidates.enumerated() where abs(candidate.count - wanted.count) <= limit {
            let found = isSwapped(wanted, candidate) ? 1 : distance(wanted, candidate, atMost: limit, &row)
            guard let distance = found, distance <= limit else { continue }
            best = index
            if distance == 0 { return best }
            limit = distance - 1
        }
        return best
    }

    /// Whether two letters beside each other changed places, the commonest slip of a fast hand, and nothing else.
    private static func isSwapped(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count, let first = left.indices.first(where: { left[$0] != right[$0] }),
            first + 1 < left.count, left[first] == right[first + 1], left[first + 1] == right[first]
        else { return false }
        return left[(first + 2)...] == right[(first + 2)...]
    }

    /// Nil when it is above the limit.
    private static func distance(_ left: [UInt8], _ right: [UInt8], atMost limit: Int, _ row: inout [Int]) -> Int? {
        for place in 0...right.count { row[place] = place }
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            // Beyond this band no place can be within the limit.
            let first = max(0, i - limit)
            let end = min(right.count, i + limit + 1)
            var least = row[0]
            if first > 0 {
                diagonal = row[first]
                row[first] = limit + 1
            }
            for j in first..<max(first, end) {
                let above = j == i + limit ? limit + 1 : row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a == right[j] ? 0 : 1))
                diagonal = above
                least = min(least, row[j + 1])
            }
            if least > limit { return nil }
        }
        return row[right.count] <= limit ? row[right.count] : nil
    }
}
