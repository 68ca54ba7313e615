import CRE2

/// Matches a compiled wildcard pattern (see `SetEncoding.wildcard`) against a whole value, in linear time.
///
/// The first part must begin the value and the last must end it; those between are looked for from left to right, which
/// gives every star the shortest stretch that lets the rest match.
enum WildcardMatch {
    /// - Parameters:
    ///   - scratch: room for the folded value when case does not matter and the pattern has inner parts.
    ///   - captures: start and end of what each star took, two numbers a star; room for the number of stars.
    /// - Returns: false also when the scratch is full.
    static func run(
        _ pattern: UnsafeRawPointer, _ text: UnsafePointer<UInt8>, _ count: Int,
        _ scratch: UnsafeMutablePointer<Scratch>, captures: UnsafeMutablePointer<Int>?
    ) -> Bool {
        let isStrict = pattern.load(as: UInt8.self) == 1
        let parts = Int(pattern.loadLittle(2, UInt16.self))
        let (head, headCount) = part(pattern, 0)
        guard headCount <= count, equals(text, head, headCount, isStrict) else { return false }
        guard parts > 1 else { return headCount == count }
        let (tail, tailCount) = part(pattern, parts &- 1)
        guard tailCount <= count &- headCount, equals(text + (count &- tailCount), tail, tailCount, isStrict) else {
            return false
        }
        var from = headCount
        let end = count &- tailCount
        if parts > 2 {
            let mark = scratch.pointee.mark
            defer { scratch.pointee.release(to: mark) }
            guard let haystack = isStrict ? text : folded(text, count, scratch) else { return false }
            var index = 1
            while index < parts &- 1 {
                let (needle, length) = part(pattern, index)
                guard from <= end, let found = cre2_find(haystack + from, end &- from, needle, length) else {
                    return false
                }
                let start = found - haystack
                captures?[2 &* index &- 2] = from
                captures?[2 &* index &- 1] = start
                from = start &+ length
                index &+= 1
            }
        }
        captures?[2 &* parts &- 4] = from
        captures?[2 &* parts &- 3] = end
        return true
    }

    static func starCount(_ pattern: UnsafeRawPointer) -> Int {
        max(Int(pattern.loadLittle(2, UInt16.self)) &- 1, 0)
    }

    private static func part(_ pattern: UnsafeRawPointer, _ index: Int) -> (UnsafePointer<UInt8>, Int) {
        let entry = 4 &+ 4 &* index
        let start = Int(pattern.loadLittle(entry, UInt16.self))
        let count = Int(pattern.loadLittle(entry &+ 2, UInt16.self))
        return ((pattern + start).assumingMemoryBound(to: UInt8.self), count)
    }

    private static func equals(
        _ text: UnsafePointer<UInt8>, _ part: UnsafePointer<UInt8>, _ count: Int, _ isStrict: Bool
    ) -> Bool {
        if isStrict { return memcmp(text, part, count) == 0 }
        var index = 0
        while index < count {
            if ASCII.lowercase(text[index]) != part[index] { return false }
            index &+= 1
        }
        return true
    }

    private static func folded(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ scratch: UnsafeMutablePointer<Scratch>
    ) -> UnsafePointer<UInt8>? {
        guard let copy = scratch.pointee.allocate(UInt8.self, count) else { return nil }
        var index = 0
        while index < count {
            copy[index] = ASCII.lowercase(text[index])
            index &+= 1
        }
        return UnsafePointer(copy)
    }
}
