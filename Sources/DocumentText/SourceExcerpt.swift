/// A line of a text with a caret under one place of it, for people.
enum SourceExcerpt {
    private static let before = 60
    private static let after = 40

    /// - Parameters:
    ///   - line: from 1
    ///   - column: in characters (Unicode scalars) from 0
    /// - Returns: nil when the text has no such line.
    static func excerpt(of bytes: [UInt8], line: Int, column: Int) -> String? {
        var number = 1
        var start = bytes.startIndex
        while number < line {
            guard let end = bytes[start...].firstIndex(of: 0x0A) else { return nil }
            start = end + 1
            number += 1
        }
        let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.endIndex
        // Decoded in full so that a cut never falls inside a character; a line is at most as long as the text.
        let scalars = Array(String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars)
        let place = min(max(0, column), scalars.count)
        let from = max(0, place - before)
        let to = min(scalars.count, place + after)
        var shown = String.UnicodeScalarView()
        for scalar in scalars[from..<to] where scalar != "\r" { shown.append(scalar == "\t" ? " " : scalar) }
        return String(shown) + "\n" + String(repeating: " ", count: place - from) + "^"
    }
}
