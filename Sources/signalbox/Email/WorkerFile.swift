internal import Glibc
internal import PostfixEndpoints

/// The program of a worker as a file of this machine.
enum WorkerFile {
    /// What keeps anybody from running it; nil when nothing does, and when this user may not look: `serve` may be another.
    @Sendable static func problem(_ path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return errno == ENOENT || errno == ENOTDIR ? "is not there" : nil
        }
        if status.st_mode & S_IFMT != S_IFREG { return "is no file" }
        return status.st_mode & 0o111 == 0 ? "may not be executed" : nil
    }
}
