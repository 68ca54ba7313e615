internal import Glibc

/// Keeps a log that another process writes below a size: two files of 10 MB each, the older one with `.1` at its end.
struct LogRotation: Sendable {
    static let limit = 10 << 20

    let path: String
    var limit = LogRotation.limit

    var previous: String { path + ".1" }

    /// Renames a log that is full. Whoever writes it goes on in the renamed file until told to open it anew.
    /// - Returns: whether it was renamed.
    func rotateIfFull() -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size >= limit else {
            return false
        }
        return rename(path, previous) == 0
    }

    /// For a log whose writer cannot open it anew but appends: empties it when it is full.
    func emptyIfFull() {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size >= limit else { return }
        truncate(path, 0)
    }
}
