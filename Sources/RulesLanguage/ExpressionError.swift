/// Something wrong in an expression: where, what, and how to mend it.
package struct ExpressionError: Error, Hashable, Sendable {
    /// Stable names for programs and for documentation.
    package enum Code: String, Hashable, Sendable, CaseIterable {
        case empty = "expression.empty"
        case tooLong = "expression.too-long"
        case tooDeep = "expression.too-deep"
        case tooManyRegexes = "expression.too-many-regexes"
        case expected = "expression.expected"
        case trailing = "expression.trailing-input"
        case tab = "expression.tab"
        case unknownIdentifier = "expression.unknown-identifier"
        case unknownOperator = "expression.unknown-operator"
        case unsupportedOperation = "expression.operation-on-type"
        case typeMismatch = "expression.type-mismatch"
        case badString = "expression.string"
        case badNumber = "expression.number"
        case badAddress = "expression.address"
        case badRange = "expression.range"
        case badListName = "expression.list-name"
        case badRegex = "expression.regex"
        /// A pattern that Cloudflare takes and RE2 cannot run.
        case unsupportedRegex = "expression.regex-dialect"
        case badWildcard = "expression.wildcard"
        case badIndex = "expression.index"
        case badMapEach = "expression.map-each"
        case argumentCount = "expression.argument-count"
        case argumentKind = "expression.argument-kind"
        case argumentType = "expression.argument-type"
        case argumentValue = "expression.argument-value"
        case unsupportedFunction = "expression.unsupported-function"
        case unknownList = "expression.unknown-list"
        case tooLarge = "expression.program-too-large"
    }

    package let code: Code
    package let span: ByteSpan
    /// What is wrong, in a few words and without a full stop.
    package let message: String
    /// What to write instead; nil when the message says it.
    package let remedy: String?

    package init(_ code: Code, _ span: ByteSpan, _ message: String, remedy: String? = nil) {
        self.code = code
        self.span = span
        self.message = message
        self.remedy = remedy
    }

    /// Line and column, both from 1; columns count Unicode scalars.
    package func position(in text: String) -> (line: Int, column: Int) {
        let place = Place(of: span, in: text)
        return (place.line, place.column)
    }

    /// The error in Cloudflare's form: position, source line, carets under the span, message; then the remedy.
    ///
    /// Control characters of the source line are shown as `?`, so that the text is safe on a terminal. Of a line that is
    /// longer than any people write, the part around the place is shown.
    package func rendered(in text: String) -> String {
        let place = Place(of: span, in: text)
        let indent = String(repeating: " ", count: place.indent)
        let carets = String(repeating: "^", count: place.width)
        let head = "Filter parsing error (\(place.line):\(place.column)):\n\(place.source)\n"
        return head + "\(indent)\(carets) \(message)\n" + (remedy.map { "\(indent)\($0)\n" } ?? "")
    }

    private struct Place {
        let line: Int
        let column: Int
        let width: Int
        let source: String
        /// Characters of ``source`` before the place.
        let indent: Int

        /// Characters of a line shown whole, and those shown before and after the place of a longer one.
        private static let longest = 600
        private static let around = 100

        init(of span: ByteSpan, in text: String) {
            let bytes = Array(text.utf8)
            let start = min(Int(span.start), bytes.count)
            let newline = UInt8(ascii: "\n")
            let lineStart = bytes[..<start].lastIndex(of: newline).map { $0 + 1 } ?? 0
            let lineEnd = bytes[start...].firstIndex(of: newline) ?? bytes.count
            let end = min(max(Int(span.end), start), lineEnd)
            line = bytes[..<start].count { $0 == newline } + 1
            column = Self.scalars(bytes[lineStart..<start]) + 1
            let scalars = Array(String(decoding: bytes[lineStart..<lineEnd], as: UTF8.self).unicodeScalars)
            let isWhole = scalars.count <= Self.longest
            let from = isWhole ? 0 : max(0, column - 1 - Self.around)
            let to = isWhole ? scalars.count : min(scalars.count, column - 1 + Self.around)
            indent = column - 1 - from
            width = min(max(Self.scalars(bytes[start..<end]), 1), max(to - from - indent, 1))
            var shown = String.UnicodeScalarView()
            for scalar in scalars[from..<max(from, to)] {
                shown.append(scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) ? "?" : scalar)
            }
            source = String(shown)
        }

        /// Number of scalars that begin in these bytes.
        private static func scalars(_ bytes: ArraySlice<UInt8>) -> Int { bytes.count { $0 & 0xc0 != 0x80 } }
    }
}

/// All errors found in one text.
package struct ExpressionErrors: Error, Hashable, Sendable {
    /// In the order of the text; never empty.
    package let errors: [ExpressionError]
    package let text: String

    package init(_ errors: [ExpressionError], text: String) {
        self.errors = errors
        self.text = text
    }

    package var rendered: String { errors.map { $0.rendered(in: text) }.joined() }
}
