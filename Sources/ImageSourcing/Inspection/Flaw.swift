/// Why bytes are not an image that is wanted.
package struct Flaw: Hashable, Sendable {
    package var reason: Reason
    /// Byte at which it shows; the length of what came, when that is too short.
    package var offset: Int64

    package init(_ reason: Reason, at offset: Int64) {
        self.reason = reason
        self.offset = offset
    }
}

/// What an inspector thinks.
package enum Verdict: Hashable, Sendable {
    /// Nothing against it yet.
    case undecided
    /// An image from its first byte to its last; what follows it does not matter.
    case whole(ImageFacts)
    case refused(Flaw)
}
