internal import Glibc

/// Held by the one service that runs on a data directory; the kernel lets go of it however that service ends.
final class DirectoryLock: Sendable {
    private let file: Int32

    /// - Throws: ``NodeAgentError`` `inUse` when somebody else holds it.
    init(_ path: String) throws(NodeAgentError) {
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .system(path, "The lock file cannot be opened") }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let error =
                isHeld
                ? NodeAgentError(
                    .inUse, at: path, "Another node runs on this data directory.",
                    remedy: "Stop it, or give this one a folder of its own.")
                : NodeAgentError.system(path, "The lock cannot be taken")
            close(file)
            throw error
        }
    }

    deinit { close(file) }
}
