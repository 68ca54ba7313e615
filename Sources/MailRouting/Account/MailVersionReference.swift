/// How people name a version of a domain's rules: `example.com@3`, `@draft`, `@live`, `@latest`, `@-1`.
package struct MailVersionReference: Hashable, Sendable {
    package enum Selector: Hashable, Sendable {
        case number(Int)
        case draft
        case live
        case latest
        /// So many before the latest.
        case before(Int)
        /// The draft, or the live version when there is none.
        case unspecified
    }

    package var domain: String
    package var selector: Selector

    package init(domain: String, selector: Selector) {
        self.domain = domain
        self.selector = selector
    }

    /// nil when the text names no version in any of these ways.
    package init?(_ text: String) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let domain = MailDomain.normalized(String(parts[0])) else { return nil }
        self.domain = domain
        guard parts.count == 2 else {
            selector = .unspecified
            return
        }
        guard let selector = Selector(String(parts[1])) else { return nil }
        self.selector = selector
    }
}

extension MailVersionReference.Selector {
    package init?(_ word: String) {
        let digits = word.hasPrefix("-") ? word.dropFirst() : word[...]
        switch word {
        case "draft": self = .draft
        case "live": self = .live
        case "latest": self = .latest
        default:
            guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits), number > 0 else {
                return nil
            }
            self = word.hasPrefix("-") ? .before(number) : .number(number)
        }
    }
}
