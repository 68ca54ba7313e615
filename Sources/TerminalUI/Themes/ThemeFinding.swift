/// What is wrong with a theme that reads well as text.
package struct ThemeFinding: Sendable, Hashable {
    package var theme: String
    package var role: Role?
    package var message: String

    package init(_ theme: String, _ role: Role? = nil, _ message: String) {
        self.theme = theme
        self.role = role
        self.message = message
    }

    package var description: String { "\(theme): " + (role.map { "\($0.name): " } ?? "") + message }
}
