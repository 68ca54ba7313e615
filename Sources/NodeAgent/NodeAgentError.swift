/// Why a node cannot run, as data: what happened, where, and how to mend it.
package struct NodeAgentError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// A file, folder or program that was named is not there or cannot be used.
        case missing = "node.missing"
        /// A file or folder that others may read or write, or that belongs to somebody else.
        case permissions = "node.permissions"
        /// Another process runs on this data directory.
        case inUse = "node.in-use"
        /// An Envoy that this program was not made for.
        case envoyVersion = "node.envoy-version"
        /// Content that cannot be used: a token with blanks, a path that is too long.
        case invalid = "node.invalid"
        /// The system refused: disk full, no more processes.
        case system = "node.system"
    }

    package var code: Code
    /// File, folder or program.
    package var place: String
    package var message: String
    package var remedy: String

    package init(_ code: Code, at place: String, _ message: String, remedy: String) {
        self.code = code
        self.place = place
        self.message = message
        self.remedy = remedy
    }

    package var description: String { "\(code.rawValue): \(message) [\(place)]. \(remedy)" }
}
