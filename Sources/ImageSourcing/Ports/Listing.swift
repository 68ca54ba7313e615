/// What is asked of a listing.
package struct ListingRequest: Hashable, Sendable {
    /// Only keys that begin so.
    package var prefix: ObjectKey
    /// Only keys behind this one, in the order of bytes.
    package var after: ObjectKey?
    /// Objects and folded prefixes of one page at most.
    package var limit: Int
    /// Keys with this byte behind the prefix are folded into one entry of `ListingPage.prefixes`; nil: none are.
    package var delimiter: UInt8?

    package init(prefix: ObjectKey = .first, after: ObjectKey? = nil, limit: Int = 1000, delimiter: UInt8? = nil) {
        self.prefix = prefix
        self.after = after
        self.limit = limit
        self.delimiter = delimiter
    }
}

/// Part of a listing, ascending by the bytes of the keys.
package struct ListingPage: Hashable, Sendable {
    package var objects: [SourceObject]
    /// `ListingRequest.after` of the next page; nil: this was the last one. A page may be empty and not the last.
    package var next: ObjectKey?
    /// Folded prefixes, delimiter included.
    package var prefixes: [ObjectKey]

    package init(_ objects: [SourceObject], next: ObjectKey?, prefixes: [ObjectKey] = []) {
        self.objects = objects
        self.next = next
        self.prefixes = prefixes
    }
}
