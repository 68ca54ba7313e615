internal import EdgeModel
internal import EdgePlan
internal import Glibc

/// The node's secret, read where it is used. It is never logged and never written anywhere by us.
struct TokenFile: Sendable {
    let path: String
    /// Whose token it is, for advice.
    var node: ResourceName?

    /// The first line. Read anew each time it is needed after a refusal, so that a rotated token is taken up.
    ///
    /// - Throws: ``NodeAgentError`` `missing`, `permissions` when anybody but the owner may read or write it,
    ///   `invalid` when it is empty, longer than 512 bytes or holds anything but visible ASCII without `"` and `\`.
    func read() throws(NodeAgentError) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw NodeAgentError(
                .missing, at: path, "The token file cannot be opened: \(String(cString: strerror(errno))).",
                remedy: remedy)
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .system(path, "The token file cannot be read") }
        guard status.st_uid == geteuid() || status.st_uid == 0, status.st_mode & 0o077 == 0 else {
            throw NodeAgentError(
                .permissions, at: path, "Others than its owner may read the token file.",
                remedy: "chmod 600 it and make it belong to the user that runs the node.")
        }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = Glibc.read(file, &bytes, bytes.count)
        let line = bytes[..<max(0, count)].prefix { $0 != 10 && $0 != 13 }
        let isPlain = line.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        guard !line.isEmpty, line.count <= 512, isPlain else {
            throw NodeAgentError(
                .invalid, at: path, "The first line of the token file is no token.",
                remedy: remedy)
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// `node create` shows a token once; `node token` makes another.
    private var remedy: String {
        "Write the node's token into it; a new one is made by `signalbox node token \(node?.rawValue ?? "NAME")`."
    }
}
