/// A list as main.cf has it: elements separated by commas and blanks, those in braces kept whole (postconf(5)).
package enum PostfixList {
    package static func elements(_ text: String) -> [String] {
        var found: [String] = []
        var element = ""
        var depth = 0
        for character in text {
            let isSeparator = character == "," || character.isWhitespace
            if depth == 0, isSeparator {
                if !element.isEmpty { found.append(element) }
                element = ""
                continue
            }
            if character == "{" { depth += 1 }
            if character == "}" { depth = max(0, depth - 1) }
            element.append(character)
        }
        return element.isEmpty ? found : found + [element]
    }

    /// Restrictions take an argument in the next element: `check_policy_service unix:x`. Those that do are joined with it.
    package static func restrictions(_ text: String) -> [String] {
        var found: [String] = []
        for element in elements(text) {
            if let last = found.last, last.hasPrefix("check_"), !last.contains(" ") {
                found[found.count - 1] = last + " " + element
            } else {
                found.append(element)
            }
        }
        return found
    }
}
