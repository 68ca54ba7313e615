/// A line of a text with a caret under one place of it, for people.
enum SourceExcerpt {
    private static let before = 60
    private static let after = 40

    /// - Parameters:
    ///   - line: from 1
    ///   - column: in characters (Unicode scalars) from 0
    /// - Returns: nil when the text has no such line. Control characters are shown as `?`: made visible in any other
    ///   way they would take more columns than one, and the caret would stand elsewhere.
    static func excerpt(of bytes: [UInt8], line: Int, column: Int) -> String? {
        var number = 1
        var start = bytes.startIndex
        while number < line {
            guard let end = bytes[start...].firstIndex(of: 0x0A) else { return nil }
            start = end + 1
            number += 1
        }
        var end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.endIndex
        if end > start, bytes[end - 1] == 0x0D { end -= 1 }
        // Only what is shown is decoded: a hostile line is as long as the text. Bytes that are no UTF-8 are many to a
        // character by the count below, and each is shown, so that bytes are limited too.
        let place = index(ofCharacter: max(0, column), in: bytes[start..<end])
        let from = max(index(ofCharacter: max(0, column - before), in: bytes[start..<end]), place - 4 * before)
        let to = min(index(ofCharacter: after, in: bytes[place..<end]), place + 4 * after)
        let head = visible(bytes[from..<place]).suffix(before)
        return String(String.UnicodeScalarView(head + visible(bytes[place..<to]).prefix(after))) + "\n"
            + String(repeating: " ", count: head.count) + "^"
    }

    private static func visible(_ bytes: ArraySlice<UInt8>) -> [Unicode.Scalar] {
        String(decoding: bytes, as: UTF8.self).unicodeScalars.map { scalar in
            let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
            return scalar == "\t" ? " " : isControl ? "?" : scalar
        }
    }

    /// Line from 1 and character from 0 of a byte.
    static func place(of offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
        let before = bytes[..<min(max(0, offset), bytes.count)]
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return (before.count { $0 == 0x0A } + 1, characters(in: before[start...]))
    }

    /// Characters (Unicode scalars) of UTF-8, which need not be whole: every byte but those that go on with one.
    static func characters(in bytes: ArraySlice<UInt8>) -> Int { bytes.count { $0 & 0xC0 != 0x80 } }

    /// Where the character of that number begins; the end when there are fewer.
    static func index(ofCharacter number: Int, in bytes: ArraySlice<UInt8>) -> Int {
        var left = number
        for place in bytes.indices where bytes[place] & 0xC0 != 0x80 {
            if left == 0 { return place }
            left -= 1
        }
        return bytes.endIndex
    }
}
