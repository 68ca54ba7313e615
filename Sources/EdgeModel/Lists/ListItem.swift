/// One entry of a list: a value in its usual form, and why it is there.
///
/// Two values are one when their bytes are: texts that only look alike are two.
package struct ListItem: Hashable, Comparable, Sendable, Codable {
    package let value: String
    /// One line for people; nothing at the edge depends on it.
    package var comment: String?

    /// - Parameter value: in the form that `ListKind.canonical` gives.
    package init(_ value: String, comment: String? = nil) {
        self.value = value
        self.comment = comment
    }

    package var key: [UInt8] { Array(value.utf8) }

    package static func == (a: Self, b: Self) -> Bool {
        a.value.utf8.elementsEqual(b.value.utf8) && a.comment == b.comment
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(key) }

    package static func < (a: Self, b: Self) -> Bool { a.value.utf8.lexicographicallyPrecedes(b.value.utf8) }
}

/// Bounds of lists. Their contents are compiled into every rule that uses them, and a plan travels to every node.
package enum ListLimit {
    package static let lists = 1_000
    package static let items = 10_000
    /// Bytes of a value.
    package static let value = 1_024
    /// Characters of a comment or a description.
    package static let comment = 500
}
