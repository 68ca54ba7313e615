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

    /// A table of just these patterns.
    init(compiling patterns: [[UInt8]]) throws(RegexError) {
        self.init(capacity: patterns.count)
        for pattern in patterns {
            handles[count] = try Self.compile(pattern)
            count += 1
        }
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

    /// Why a pattern would be refused; nil when it is fine.
    static func refusal(of pattern: [UInt8]) -> String? {
        do throws(RegexError) {
            cre2_delete(try compile(pattern))
            return nil
        } catch {
            return error.reason
        }
    }

    /// Capturing groups of a valid pattern; 0 for others.
    static func groupCount(of pattern: [UInt8]) -> Int {
        guard let handle = try? compile(pattern) else { return 0 }
        defer { cre2_delete(handle) }
        return Int(cre2_group_count(handle))
    }

    private static func compile(_ pattern: [UInt8]) throws(RegexError) -> OpaquePointer {
        let result = pattern.withUnsafeBytes { bytes in
            Result { () throws(RegexError) in try compile(bytes) }
        }
        return try result.get()
    }

    private static func compile(_ pattern: UnsafeRawBufferPointer) throws(RegexError) -> OpaquePointer {
        var reason = [CChar](repeating: 0, count: 256)
        let handle = reason.withUnsafeMutableBufferPointer { buffer in
            cre2_new(
                pattern.baseAddress?.assumingMemoryBound(to: UInt8.self), pattern.count, buffer.baseAddress,
                buffer.count)
        }
        guard let handle else {
            let text = reason.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
            throw RegexError(reason: String(decoding: text, as: UTF8.self))
        }
        return handle
    }
}

/// Why a pattern was refused.
package struct RegexError: Error, Hashable, Sendable {
    package let reason: String
}
