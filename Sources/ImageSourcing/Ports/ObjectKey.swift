/// Name of an object, as the bytes its store listed.
///
/// Bytes and not a `String`: two names that differ in Unicode normalisation only are two objects, a name in a directory
/// need not be UTF-8, and stores list in the order of bytes. Percent-encoding is the transport's affair.
package struct ObjectKey: Hashable, Sendable, Comparable {
    package var bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }
    package init(_ text: String) { bytes = Array(text.utf8) }

    /// Before every other key.
    package static let first = ObjectKey(bytes: [])

    package var isEmpty: Bool { bytes.isEmpty }

    /// Its text; nil when it is not UTF-8.
    package var text: String? { String(validating: bytes, as: UTF8.self) }

    package func hasPrefix(_ prefix: ObjectKey) -> Bool {
        bytes.count >= prefix.bytes.count && bytes.prefix(prefix.bytes.count).elementsEqual(prefix.bytes)
    }

    package func appending(_ key: ObjectKey) -> ObjectKey { ObjectKey(bytes: bytes + key.bytes) }

    /// What follows a prefix that it has.
    package func dropping(_ prefix: ObjectKey) -> ObjectKey {
        hasPrefix(prefix) ? ObjectKey(bytes: Array(bytes.dropFirst(prefix.bytes.count))) : self
    }

    package static func < (a: Self, b: Self) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}

extension ObjectKey: CustomStringConvertible {
    /// For people; what is not UTF-8 is shown as replacement characters. Safe to print only after escaping controls.
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
