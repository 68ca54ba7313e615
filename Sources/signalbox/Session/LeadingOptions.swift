/// Options of every verb that were given before it: `signalbox --state X app list`. Each verb parses its own options,
/// so they are put behind it.
enum LeadingOptions {
    private static let withValue = ["--state", "--output", "-o", "--as"]
    private static let flags = ["--no-color", "--quiet", "-q", "--yes", "-y"]

    /// The same arguments when they do not begin with such options, or when no verb follows them.
    static func moved(_ arguments: [String]) -> [String] {
        var rest = arguments[...]
        var options: [String] = []
        while let word = rest.first, word.hasPrefix("-") {
            let isFlag = flags.contains(word)
            let hasValue = withValue.contains { word.hasPrefix($0 + "=") }
            guard isFlag || hasValue || (withValue.contains(word) && rest.count > 1) else { return arguments }
            let count = isFlag || hasValue ? 1 : 2
            options += rest.prefix(count)
            rest = rest.dropFirst(count)
        }
        guard !rest.isEmpty else { return arguments }
        // Behind the words that follow, among which a verb that is mistyped is still found.
        let words = rest.prefix { !$0.hasPrefix("-") }
        return words + options + rest.dropFirst(words.count)
    }
}
