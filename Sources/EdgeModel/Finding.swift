/// A problem told to a person: how bad, where, what, and how to mend it. The one user-facing problem type.
package struct Finding: Hashable, Sendable, Codable {
    package enum Severity: String, Hashable, Sendable, Codable, Comparable {
        case info, warning, error
        private var rank: Int { self == .info ? 0 : self == .warning ? 1 : 2 }
        package static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
    }

    package var severity: Severity
    /// Stable kebab-case name of the kind of problem, e.g. `unknown-action`.
    package var code: String
    /// Where: a path in a document or a resource, e.g. `rules.http_request_transform[3].expression` or `zone example.com`.
    package var place: String
    /// Line in the text it came from, from 1, where there is a text.
    package var line: Int?
    /// Character in that line, from 1, where it is known.
    package var column: Int?
    package var message: String
    /// What to do about it; one sentence.
    package var remedy: String?
    /// Excerpt with a caret line under it, where the problem is a place in an expression.
    package var excerpt: String?

    package init(
        _ severity: Severity, _ code: String, at place: String, line: Int? = nil, column: Int? = nil,
        _ message: String, remedy: String? = nil, excerpt: String? = nil
    ) {
        self.severity = severity
        self.code = code
        self.place = place
        self.line = line
        self.column = column
        self.message = message
        self.remedy = remedy
        self.excerpt = excerpt
    }
}
