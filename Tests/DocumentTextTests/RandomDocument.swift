import EdgeModel
import TestKit

/// Documents with the texts that YAML writers get wrong.
struct RandomDocument {
    var generator: SeededGenerator

    static let texts = [
        "", " ", "  x", "x  ", "a: b", "a #b", "#", "-", "- a", "?", ":", "key:", "{", "}", "[a]", "&a", "*a", "!t",
        "|", ">", "%",
        "@", "`", "'", "''", "\"", "\\", "yes", "No", "on", "OFF", "y", "n", "~", "null", "Null", "true", "True",
        "false", "0",
        "007", "0o7", "0x1F", "1_000", "12:30", "12:30:45", "2026-11-21", "2026-11-21T00:00:00Z", "1e3", "1.5", ".5",
        "5.",
        "+1", "-0", ".inf", ".nan", "nan", "<<", "=", "---", "...", "--- a", "127.0.0.1", "::1", "a\nb", "a\nb\n",
        "a\n\nb\n\n",
        "\na", " a\nb", "a\n b", "a\n\tb", "\t", "a\tb", "a\r\nb", "\r", "\u{85}", "a\u{2028}b", "\u{2029}",
        "\u{FEFF}a",
        "\u{0}", "\u{7}", "\u{1B}[31m", "\u{7F}", "\u{9B}", "\u{202E}abc", "\u{200B}", "\u{A0}", "é", "e\u{301}",
        "'\u{301}",
        "日本", "😀", "\u{10FFFF}", "\u{E000}", "http.request.uri.path eq \"/a'b\" and not (http.host in {\"a\" \"b\"})",
        "https://example.com/$1?a=b&c=d#e", "*.example.com", "250ms", "1h", "\n", "\n\n", "a\n---\nb", "a\n...\n",
    ]

    mutating func text() -> String {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0...1: return Self.texts.randomElement(using: &generator) ?? ""
        case 2:
            return (Self.texts.randomElement(using: &generator) ?? "")
                + (Self.texts.randomElement(using: &generator) ?? "")
        default:
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0..<12, using: &generator) {
                let top: UInt32 = Bool.random(using: &generator) ? 0x80 : 0x2FFFF
                if let scalar = Unicode.Scalar(UInt32.random(in: 0...top, using: &generator)) { scalars.append(scalar) }
            }
            return String(scalars)
        }
    }

    mutating func value(depth: Int) -> DocumentValue {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 7), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .int([0, 1, -1, .max, .min, 65535].randomElement(using: &generator) ?? 0)
        case 3:
            return .double(
                [0, 0.1, -2.5, 1e16, 1e-9, 1e300, 3, .leastNonzeroMagnitude].randomElement(using: &generator) ?? 0)
        case 4...6: return .string(text())
        case 7:
            var items: [DocumentValue] = []
            for _ in 0..<Int.random(in: 0..<4, using: &generator) { items.append(value(depth: depth - 1)) }
            return .array(items)
        default:
            var members: [DocumentMember] = []
            for _ in 0..<Int.random(in: 0..<4, using: &generator) {
                members.append(DocumentMember(text(), value(depth: depth - 1)))
            }
            return .object(members)
        }
    }
}
