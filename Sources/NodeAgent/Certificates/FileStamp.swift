internal import Glibc

/// What tells whether a file was replaced, written to, or made readable since it was looked at; links are followed, so
/// that one turned to another file counts.
struct FileStamp: Hashable, Sendable {
    private var device: UInt64 = 0
    private var number: UInt64 = 0
    private var size: Int64 = -1
    private var times: [Int] = []
    private var mayRead = false

    init(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
        size = Int64(status.st_size)
        times = [
            status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        ]
        mayRead = access(path, R_OK) == 0
    }
}
