internal import Glibc

/// Files that are complete or not there: written beside their place and renamed into it.
enum AtomicFile {
    /// Returns when the content would survive a power failure. `mode` holds whatever the umask is.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(NodeAgentError) {
        let new = path + ".new"
        unlink(new)
        let file = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard file >= 0 else { throw .system(new, "The file cannot be made") }
        var isWritten = fchmod(file, mode) == 0
        var done = 0
        while isWritten, done < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress?.advanced(by: done), $0.count - done) }
            if count > 0 { done += count } else if errno != EINTR { isWritten = false }
        }
        isWritten = isWritten && fsync(file) == 0
        let reason = errno
        close(file)
        guard isWritten, rename(new, path) == 0 else {
            if !isWritten { errno = reason }
            let error = NodeAgentError.system(path, "The file cannot be written")
            unlink(new)
            throw error
        }
        let folder = open(
            String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            // The name is on disk only once the folder is.
            fsync(folder)
            close(folder)
        }
    }

    /// The whole file; nil when it cannot be read or is longer than `limit` bytes.
    static func read(_ path: String, limit: Int) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(file, &piece, piece.count)
            if count > 0 {
                content.append(contentsOf: piece[..<count])
                if content.count > limit { return nil }
            } else if count == 0 {
                return content
            } else if errno != EINTR {
                return nil
            }
        }
    }
}
