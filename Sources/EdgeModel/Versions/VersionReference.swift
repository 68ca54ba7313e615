/// How people name a version: `shop@3`, `shop@latest`, `shop@draft`, `shop@production`, `shop@-1`, or a tag.
package struct VersionReference: Hashable, Sendable {
    package enum Selector: Hashable, Sendable {
        case number(Int)
        case latest
        /// The newest draft.
        case draft
        /// So many before the latest.
        case before(Int)
        /// An environment's or a tag's name.
        case named(ResourceName)
        /// Nothing after the application's name.
        case unspecified
    }

    package var application: ResourceName
    package var selector: Selector

    package init(application: ResourceName, selector: Selector) {
        self.application = application
        self.selector = selector
    }

    /// nil when the text names no version in any of these ways.
    package init?(_ text: String) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = ResourceName(rawValue: String(parts[0])) else { return nil }
        application = name
        guard parts.count == 2 else {
            selector = .unspecified
            return
        }
        let word = String(parts[1])
        let isNumber = { (text: Substring) in text.utf8.allSatisfy { (48...57).contains($0) } }
        if word == "latest" {
            selector = .latest
        } else if word == "draft" {
            selector = .draft
        } else if isNumber(word[...]), let number = Int(word), number > 0 {
            selector = .number(number)
        } else if word.hasPrefix("-"), isNumber(word.dropFirst()), let back = Int(word.dropFirst()), back > 0 {
            selector = .before(back)
        } else if let name = ResourceName(rawValue: word) {
            selector = .named(name)
        } else {
            return nil
        }
    }
}
