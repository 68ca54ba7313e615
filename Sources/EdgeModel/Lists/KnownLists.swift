package import EdgePlan
package import RulesLanguage

/// The account's lists as expressions see them: what each `$name` stands for.
package struct KnownLists: Hashable, Sendable {
    private struct Entry: Hashable, Sendable {
        var digest: Digest
        var contents: ListContents
        static func == (a: Self, b: Self) -> Bool { a.digest == b.digest }
        func hash(into hasher: inout Hasher) { hasher.combine(digest) }
    }

    private var entries: [String: Entry] = [:]
    /// By name without the `$`: what a program is compiled with and a proof made with.
    package private(set) var contents: [String: ListContents] = [:]
    /// Digest of all of them.
    package private(set) var digest = KnownLists.digest(of: [:])

    package static let none = KnownLists()

    private init() {}

    package init(_ lists: [(name: ListName, digest: Digest, contents: ListContents)]) {
        for list in lists { entries[list.name.rawValue] = Entry(digest: list.digest, contents: list.contents) }
        contents = entries.mapValues(\.contents)
        digest = Self.digest(of: entries)
    }

    /// Digest of each list that is named; nil for one that is not there.
    package func digests(of names: some Sequence<String>) -> [String: Digest?] {
        Dictionary(names.map { ($0, entries[$0]?.digest) }, uniquingKeysWith: { first, _ in first })
    }

    /// The same with a list put in the place of one of its name; nil takes it away.
    package func replacing(_ name: ListName, by list: (digest: Digest, contents: ListContents)?) -> KnownLists {
        var changed = self
        changed.entries[name.rawValue] = list.map { Entry(digest: $0.digest, contents: $0.contents) }
        changed.contents[name.rawValue] = list?.contents
        changed.digest = Self.digest(of: changed.entries)
        return changed
    }

    private static func digest(of entries: [String: Entry]) -> Digest {
        Digest.sha256(of: entries.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.digest)\n" }.joined())
    }
}
