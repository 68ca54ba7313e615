internal import ControlPlane
internal import Glibc

/// The digests of all zones, in a file beside the state. It may be removed at any time.
///
/// Digests are those of plans as this very program makes them: what another build has written counts as nothing.
struct LeafFile: LeafCache {
    private let state: String
    private let path: String

    /// - Parameter state: path of the state itself.
    init(beside state: String) {
        self.state = state
        path = state + "-leaves"
    }

    func load() -> [UInt8]? {
        guard let maker = Self.maker, let bytes = Self.read(path), bytes.starts(with: maker) else { return nil }
        return Array(bytes[maker.count...])
    }

    /// Never waits for the disk: what a loss of power leaves behind is recognized and made anew. Whoever may write the
    /// state may replace the file, since both lie in one directory.
    func keep(_ bytes: [UInt8]) {
        var status = stat()
        guard let maker = Self.maker, stat(state, &status) == 0 else { return }
        var template = Array((path + ".XXXXXX").utf8CString)
        let descriptor = template.withUnsafeMutableBufferPointer { $0.baseAddress.map { mkstemp($0) } ?? -1 }
        guard descriptor >= 0 else { return }
        if status.st_gid != getegid() { _ = fchown(descriptor, uid_t.max, status.st_gid) }
        let isWhole =
            fchmod(descriptor, status.st_mode & 0o666) == 0 && Self.write(maker + bytes, to: descriptor)
        close(descriptor)
        if !isWhole || rename(template, path) != 0 { unlink(template) }
    }

    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > 0, status.st_size <= largest else { return nil }
        return [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            while count < buffer.count {
                let read = Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
                if read < 0, errno == EINTR { continue }
                guard read > 0 else { return }
                count += read
            }
        }
    }

    /// Bytes: of some million zones.
    private static let largest = 1 << 28

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress.map { $0 + done }, bytes.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    /// A line that tells this build of the program from every other; nil where that cannot be told.
    private static let maker: [UInt8]? = {
        var status = stat()
        guard stat("/proc/self/exe", &status) == 0 else { return nil }
        let time = status.st_mtim
        return Array("\(Program.version) \(status.st_size) \(time.tv_sec).\(time.tv_nsec)\n".utf8)
    }()
}
