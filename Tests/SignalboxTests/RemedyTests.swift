import FoundationEssentials
import Testing

@testable import signalbox

/// Every command that a remedy anywhere in the sources names is one that the parser accepts.
@Suite struct RemedyTests {
    @Test func everyCommandInARemedyParses() throws {
        let root = #filePath.components(separatedBy: "/Tests/")[0] + "/Sources/"
        let files = try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix(".swift") }
        var seen = 0
        for file in files {
            let text = try String(contentsOf: URL(filePath: root + file), encoding: .utf8)
            for literal in Self.literals(in: text) where literal.hasPrefix("signalbox ") {
                seen += 1
                #expect(NextCommand.find(in: literal)?.hasPrefix(literal.prefix(15)) == true, "\(file): \(literal)")
            }
        }
        #expect(seen > 30, "only \(seen) commands were found; does the search still work?")
    }

    /// Texts between quotes on lines of remedies, with `1` for what is interpolated: a number, and as good a name as any to the parser.
    private static func literals(in text: String) -> [String] {
        var found: [String] = []
        for line in text.split(separator: "\n") {
            let start = line.drop { $0 == " " }
            // A remedy, or one branch of a choice between two.
            guard line.contains("remedy:") || start.hasPrefix("? ") || start.hasPrefix(": ") else { continue }
            var literal: String?
            var depth = 0
            var previous: Character = " "
            for character in line {
                if depth > 0 {
                    depth += character == "(" ? 1 : character == ")" ? -1 : 0
                } else if literal != nil, character == "(", previous == "\\" {
                    literal?.removeLast()
                    literal?.append("1")
                    depth = 1
                } else if character == "\"", previous != "\\" {
                    if let done = literal { found.append(done) }
                    literal = literal == nil ? "" : nil
                } else {
                    literal?.append(character)
                }
                previous = character
            }
        }
        return found
    }

    @Test(arguments: [
        ("Write the token that `signalbox node create` printed into it.", nil as String?),
        ("signalbox app list", "signalbox app list"),
        ("signalbox env assign staging shop@3, then signalbox promote shop", "signalbox env assign staging shop@3"),
        ("Make it with `signalbox init`.", "signalbox init"),
        ("look at signalbox history production, then plan again", "signalbox history production"),
        ("signalbox rollback shop --env qa until it serves none", "signalbox rollback shop --env qa"),
        ("Stop all signalbox processes, then `signalbox state check`", "signalbox state check"),
        ("signalbox undo --reason 'a, b; then c' --yes", "signalbox undo --reason 'a, b; then c' --yes"),
    ])
    func theCommandIsTakenOutOfItsSentence(remedy: String, command: String?) {
        #expect(NextCommand.find(in: remedy) == command)
    }
}
