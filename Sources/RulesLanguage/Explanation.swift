/// What a boolean part of an expression came to.
package enum Truth: UInt8, Hashable, Sendable, BitwiseCopyable {
    case no = 0
    case yes = 1
    /// A value it compares was missing; counts as false.
    case missing = 2
}

/// The evaluated boolean parts of one evaluation, in the order in which their truth became known: operands stand
/// before the operation that joins them, and what was skipped does not appear.
///
/// The memory is taken once; when it is full, further parts are counted but not kept.
package struct ExplanationBuffer: ~Copyable {
    package struct Entry: Hashable, Sendable, BitwiseCopyable {
        /// Where the part stands in the author's text.
        package var start: UInt16
        package var end: UInt16
        package var truth: Truth

        package var span: ByteSpan { ByteSpan(start: start, end: end) }
    }

    private let memory: UnsafeMutablePointer<Entry>
    private let capacity: Int
    package private(set) var count = 0
    /// Entries that found no room.
    package private(set) var dropped = 0

    package init(capacity: Int = 512) {
        self.capacity = max(capacity, 0)
        memory = .allocate(capacity: max(capacity, 1))
    }

    deinit {
        memory.deallocate()
    }

    package mutating func removeAll() {
        count = 0
        dropped = 0
    }

    /// The entry at a position below `count`; nil elsewhere.
    package func entry(_ index: Int) -> Entry? {
        index >= 0 && index < count ? memory[index] : nil
    }

    package func entries() -> [Entry] {
        Array(UnsafeBufferPointer(start: memory, count: count))
    }

    mutating func append(start: UInt16, end: UInt16, truth: Truth) {
        if count < capacity {
            (memory + count).initialize(to: Entry(start: start, end: end, truth: truth))
            count &+= 1
        } else {
            dropped &+= 1
        }
    }
}
