internal import RulesLanguage
internal import TerminalUI

/// `re:` in a filter: the engine of the rules language, in linear time whatever the pattern is.
enum Patterns {
    static let maker: PatternMaker = { pattern in
        guard let matcher = try? RegexMatcher("(?i)" + pattern) else { return nil }
        return { matcher.matches($0) }
    }
}
