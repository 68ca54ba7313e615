internal import Glibc

/// Reads what is appended to a file from now on, also when it is renamed and begun anew.
struct LogTail: ~Copyable {
    private let path: String
    private var file: Int32 = -1
    private var inode: ino_t = 0
    private var isFirst = true

    init(_ path: String) { self.path = path }

    deinit { if file >= 0 { close(file) } }

    /// What came since the last call, at most 1 MB. What stood in the file before the first call is left out.
    mutating func read() -> [UInt8] {
        if file < 0 { openFile(atEnd: isFirst) }
        isFirst = false
        guard file >= 0 else { return [] }
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while content.count < 1 << 20 {
            let count = Glibc.read(file, &piece, piece.count)
            if count > 0 { content += piece[..<count] } else if count == 0 || errno != EINTR { break }
        }
        if content.isEmpty { follow() }
        return content
    }

    /// Leaves out all but the last bytes of a file in which more than a limit is unread.
    /// - Returns: whether anything was left out; then the next read may begin within a line.
    mutating func skip(keeping: Int, ifMoreThan limit: Int) -> Bool {
        var status = stat()
        guard file >= 0, fstat(file, &status) == 0, Int(status.st_size) - lseek(file, 0, SEEK_CUR) > limit else {
            return false
        }
        return lseek(file, status.st_size - keeping, SEEK_SET) >= 0
    }

    /// Goes over to a new file of that name, and back to the beginning of one that was emptied.
    private mutating func follow() {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        if status.st_ino != inode {
            close(file)
            file = -1
            openFile(atEnd: false)
        } else if lseek(file, 0, SEEK_CUR) > status.st_size {
            lseek(file, 0, SEEK_SET)
        }
    }

    private mutating func openFile(atEnd: Bool) {
        file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        var status = stat()
        if fstat(file, &status) == 0 { inode = status.st_ino }
        if atEnd { lseek(file, 0, SEEK_END) }
    }
}
