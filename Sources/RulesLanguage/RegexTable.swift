import CRE2

/// Compiled regular expressions of many programs, owned by whoever owns the plan.
///
/// Handles stand one after another in memory that never moves once `base(at:)` has been taken; they may be used by any
/// number of threads at once.
package struct RegexTable: ~Copyable, @unchecked Sendable {
    private var handles: UnsafeMutablePointer<OpaquePointer?>
    private let capacity: Int
    package private(set) var count = 0

    /// - Parameter capacity: how many patterns there is room for.
    package init(capacity: Int) {
        self.capacity = max(capacity, 0)
        handles = .allocate(capacity: max(capacity, 1))
        handles.initialize(repeating: nil, count: max(capacity, 1))
    }

    deinit {
        for index in 0..<count { cre2_delete(handles[index]) }
        handles.deallocate()
    }

    /// Compiles a pattern (bytes, linear time, at most 8 MB) and appends it. Throws the reason when it is invalid, and
    /// when the table is full.
    package mutating func append(_ pattern: UnsafeRawBufferPointer) throws(RegexError) {
        guard count < capacity else { throw RegexError(reason: "no room for another pattern") }
        handles[count] = try Self.compile(pattern)
        count += 1
    }

    /// Base for a program whose patterns were appended from this position on.
    package func base(at index: Int) -> UnsafePointer<OpaquePointer?> {
        UnsafePointer(handles + min(max(index, 0), count))
    }

    private static func compile(_ pattern: UnsafeRawBufferPointer) throws(RegexError) -> OpaquePointer {
        var reason = [CChar](repeating: 0, count: 256)
        let handle = reason.withUnsafeMutableBufferPointer { buffer in
            cre2_new(
                pattern.baseAddress?.assumingMemoryBound(to: UInt8.self), pattern.count, buffer.baseAddress,
                buffer.count)
        }
        guard let handle else {
            throw RegexError(reason: String(decoding: reason.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
        }
        return handle
    }
}

/// Why a pattern was refused.
package struct RegexError: Error, Hashable, Sendable {
    package let reason: String
}
