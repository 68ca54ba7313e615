package import EdgeModel

/// YAML or JSON text to values with line numbers, and values back to text.
///
/// Texts come from strangers, so everything that surprises or explodes is refused with a finding: anchors and aliases,
/// tags, several documents, keys that are no texts, control characters, too much of anything. A plain scalar is a
/// boolean only when it is `true` or `false`, a number only when JSON would read it as one, and nothing only when it is
/// `null`, `~` or absent; `no`, `on`, `007`, `12:30` and dates stay the texts that were written.
package enum DocumentText {
    /// What is refused beyond.
    package enum Limit {
        /// Bytes of a text: 8 MiB.
        package static let bytes = 8 << 20
        /// Values, keys not counted.
        package static let nodes = 1_000_000
        /// Lists and maps inside one another.
        package static let depth = 100
    }

    /// Reads a text that begins as JSON does (`{"`, `[{`, `["`, …) as JSON, and everything else as YAML. An empty text is
    /// `null`. Keys that are given twice are kept: `DocumentReader` reports them.
    package static func read(_ text: String) throws(DocumentTextError) -> DocumentNode {
        try read(bytes: Array(text.utf8))
    }

    /// Reads UTF-8 bytes, with or without a byte order mark.
    package static func read(bytes: [UInt8]) throws(DocumentTextError) -> DocumentNode {
        guard bytes.count <= Limit.bytes else {
            throw DocumentTextError(
                Finding(
                    .error, "text-too-large", at: "document", "the text has more than \(Limit.bytes >> 20) MiB",
                    remedy: "split it; nothing was read"))
        }
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        guard String(validating: body, as: UTF8.self) != nil else {
            let place = SourceExcerpt.place(of: firstInvalidByte(of: body), in: body)
            throw DocumentTextError(
                Finding(
                    .error, "not-utf-8", at: "document", line: place.line, column: place.column + 1,
                    "the text is not UTF-8", remedy: "save the file as UTF-8",
                    excerpt: SourceExcerpt.excerpt(of: body, line: place.line, column: place.column)))
        }
        return isJSON(body) ? try JSONReader.read(body) : try YAMLReader.read(body)
    }

    /// Whether the author means JSON: a map whose first key is quoted, or a list whose first item is quoted, a map or a
    /// list. Everything else in brackets, such as `[a, b]`, may be YAML in flow style; `[1]` is the same in both.
    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        let marks = bytes.lazy.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }.prefix(2)
        guard let first = marks.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return false }
        return marks.dropFirst().first.map { "\"{}[]".utf8.contains($0) } ?? true
    }

    private static func firstInvalidByte(of bytes: [UInt8]) -> Int {
        var (input, decoder, offset) = (bytes.makeIterator(), UTF8(), 0)
        while case .scalarValue(let scalar) = decoder.decode(&input) { offset += UTF8.width(scalar) }
        return offset
    }
}

/// Why a text cannot be read: findings with lines, never empty.
package struct DocumentTextError: Error, Hashable, Sendable {
    package var findings: [Finding]

    init(_ finding: Finding) { findings = [finding] }
    init(_ findings: [Finding]) { self.findings = findings }
}
