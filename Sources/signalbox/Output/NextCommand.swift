internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel

/// The command that a sentence of advice names, if it is one that can be typed.
enum NextCommand {
    private static let start = "signalbox "
    /// Where a command ends and the sentence goes on.
    private static let ends = ["`", ", ", "; ", " then ", " until ", " for ", " (", ". "]

    /// The first command in the text that the parser accepts; nil when there is none.
    static func find(in text: String) -> String? {
        var rest = text[...]
        while let place = rest.firstRange(of: start)?.lowerBound {
            let command = String(cut(rest[place...]))
            if isAccepted(command) { return command }
            rest = rest[place...].dropFirst(start.count)
        }
        return nil
    }

    /// The command that mends the first finding that is an error; nil when that one needs something else.
    static func mending(_ findings: [Finding]) -> String? {
        findings.first { $0.severity == .error }?.remedy.flatMap(find)
    }

    static func isAccepted(_ command: String) -> Bool {
        do {
            _ = try Signalbox.parseAsRoot(Array(ShellWord.split(command).dropFirst()))
            return true
        } catch {
            // Asking for help is an error to the parser, and an answer to people.
            return Signalbox.exitCode(for: error) == .success
        }
    }

    /// Up to the first end that stands outside quotes.
    private static func cut(_ text: Substring) -> Substring {
        var quote: Character?
        var index = text.startIndex
        while index < text.endIndex {
            let character = text[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if ends.contains(where: { text[index...].hasPrefix($0) }) {
                return text[..<index]
            }
            index = text.index(after: index)
        }
        return text
    }
}
