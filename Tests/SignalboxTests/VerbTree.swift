import ArgumentParser
import Testing

@testable import signalbox

/// All commands below the root, with the words that lead to each.
enum VerbTree {
    struct Verb {
        var words: [String]
        var type: any ParsableCommand.Type
        var isLeaf: Bool
    }

    static func all(_ type: any ParsableCommand.Type = Signalbox.self, _ words: [String] = []) -> [Verb] {
        let below = type.configuration.subcommands
        return [Verb(words: words, type: type, isLeaf: below.isEmpty)]
            + below.flatMap { all($0, words + [$0._commandName]) }
    }

    /// The words of a command as a shell would take them apart; what follows a pipe or the like is another command.
    static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isWord = false
        var quote: Character?
        var depth = 0
        for character in line {
            if depth > 0 {
                depth += character == "(" ? 1 : character == ")" ? -1 : 0
                continue
            }
            if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
                continue
            }
            switch character {
            case "'", "\"":
                quote = character
                isWord = true
            case "(" where word == "$" || word.hasSuffix("=$"):
                // A substitution: its own command is checked elsewhere; a digest stands for what it gives.
                depth = 1
                word = String(word.dropLast()) + String(repeating: "0", count: 64)
            case " ":
                if isWord { words.append(word) }
                (word, isWord) = ("", false)
            case "|", ">", "&", ";":
                if isWord, word != "" { words.append(word) }
                return words
            default:
                word.append(character)
                isWord = true
            }
        }
        return isWord ? words + [word] : words
    }

    /// Why the parser would not take a line that begins with `signalbox`; nil when it does. Asking for help counts.
    static func complaint(_ line: String) -> String? {
        do {
            _ = try Signalbox.parseAsRoot(Array(words(line).dropFirst()))
            return nil
        } catch {
            return Signalbox.exitCode(for: error) == .success ? nil : Signalbox.message(for: error)
        }
    }
}
