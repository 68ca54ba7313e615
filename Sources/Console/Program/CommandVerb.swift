/// A verb of the command line as its parser knows it: what the command bar completes, and what it lets through.
///
/// The tree comes from the parser (``ConsoleModel/Setup/commands``), so that whatever the command line can do the
/// console can do, too, and nothing else.
package struct CommandVerb: Sendable {
    /// What a verb asks of the one who runs it.
    package enum Manner: Hashable, Sendable {
        /// Changes nothing.
        case reads
        case changes
        /// Opens an editor, which needs the terminal.
        case edits
        /// Does not end by itself.
        case stays
    }

    package var name: String
    package var manner: Manner
    package var below: [CommandVerb]
    /// The one that is meant where none is said.
    package var usual: String?
    /// Made when somebody asks: for all verbs at once it would be a tenth of a second.
    package var arguments: @Sendable () -> [CommandArgument]

    package init(
        _ name: String, _ manner: Manner = .changes, below: [CommandVerb] = [], usual: String? = nil,
        arguments: @escaping @Sendable () -> [CommandArgument] = { [] }
    ) {
        self.name = name
        self.manner = manner
        self.below = below
        self.usual = usual
        self.arguments = arguments
    }

    /// The verb that words lead to, and the words that are left for it.
    func verb(for words: [String]) -> (verb: CommandVerb, rest: [String]) {
        if let first = words.first, let next = below.first(where: { $0.name == first }) {
            return next.verb(for: Array(words.dropFirst()))
        }
        if let usual, let next = below.first(where: { $0.name == usual }) { return next.verb(for: words) }
        return (self, words)
    }
}

/// What a verb takes after its name.
package struct CommandArgument: Hashable, Sendable {
    /// What a value names, where the console knows those that there are.
    package enum Subject: String, CaseIterable, Hashable, Sendable {
        case application, deployment, environment, node, rule, stream, tag, theme, version, zone
        // Read when the command bar opens (``names(_:)``).
        case destination, domain, list, run, source, target, worker
        /// A version of the application that is named before it, by its number alone.
        case versionNumber = "version number"
    }

    /// `--to`, `-t`; empty: it is known by its place.
    package var names: [String]
    /// Whether a value follows; always so without a name.
    package var takesValue: Bool
    /// Whether it can be given more than once.
    package var isRepeating: Bool
    /// The only values that there are; empty: any.
    package var values: [String]
    package var subject: Subject?

    package init(
        _ names: [String] = [], takesValue: Bool = true, isRepeating: Bool = false, values: [String] = [],
        subject: Subject? = nil
    ) {
        self.names = names
        self.takesValue = takesValue
        self.isRepeating = isRepeating
        self.values = values
        self.subject = subject
    }
}
