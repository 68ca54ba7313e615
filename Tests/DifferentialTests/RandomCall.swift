import FoundationEssentials
import TestKit

/// A function of a field beside what it makes of a text that the field may hold: a test for equality that holds as
/// often as the field holds that text.
struct RandomCall {
    var text: String
    /// By the function's description, worked out apart from the engine.
    var result: String

    static func call(on field: String, holding one: String, _ dice: inout Dice) -> RandomCall {
        let prefix = String(one.prefix(dice.number(0...4)))
        return dice.pick([
            RandomCall(text: "concat(\(field), \"|\", \(quoted(prefix)))", result: one + "|" + prefix),
            RandomCall(text: "remove_bytes(\(field), \"a/\")", result: one.filter { $0 != "a" && $0 != "/" }),
            RandomCall(text: "encode_base64(\(field))", result: base64(one)),
            RandomCall(text: "decode_base64(encode_base64(\(field)))", result: one),
            RandomCall(text: "split(\(field), \"/\", 4)[1]", result: part(1, of: one, by: "/", limit: 4)),
            RandomCall(text: "regex_replace(\(field), \"[0-9]+\", \"#\")", result: withoutNumber(one)),
            RandomCall(text: "wildcard_replace(\(field), \"*a*\", \"${2}-${1}\")", result: turned(one)),
            RandomCall(text: "join(split(\(field), \"&\", 8), \"&\")", result: one),
            RandomCall(text: "join(split(\(field), \"/\", 8), \"+\")", result: one.replacing("/", with: "+")),
            RandomCall(text: "remove_query_args(\(field), \"a\")", result: withoutArgument("a", one)),
        ])
    }

    private static func base64(_ text: String) -> String {
        Data(Latin1.bytes(text) ?? []).base64EncodedString()
    }

    private static func part(_ place: Int, of text: String, by separator: Character, limit: Int) -> String {
        let parts = text.split(separator: separator, maxSplits: limit - 1, omittingEmptySubsequences: false)
        return place < parts.count ? String(parts[place]) : ""
    }

    /// The first run of digits is one sign.
    private static func withoutNumber(_ text: String) -> String {
        func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
        guard let start = text.firstIndex(where: isDigit) else { return text }
        let end = text[start...].firstIndex { !isDigit($0) } ?? text.endIndex
        return text[..<start] + "#" + text[end...]
    }

    /// What follows the first `a` of either case, then what comes before it.
    private static func turned(_ text: String) -> String {
        guard let place = text.firstIndex(where: { $0 == "a" || $0 == "A" }) else { return text }
        return text[text.index(after: place)...] + "-" + text[..<place]
    }

    private static func withoutArgument(_ name: String, _ query: String) -> String {
        query.split(separator: "&", omittingEmptySubsequences: false)
            .filter { $0 != name && !$0.hasPrefix(name + "=") }.joined(separator: "&")
    }
}
