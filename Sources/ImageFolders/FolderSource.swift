import Glibc
package import ImageSourcing
import Synchronization

/// The files below a directory; their paths are the keys. Symbolic links and everything that is no file are passed over.
///
/// Some ten megabytes are enough for a directory of any size: see ``FolderWalk``.
package final class FolderSource: ObjectSource {
    private let root: OpenDirectory
    private let window: Int
    /// Where the last listing stopped, so that its next page begins there at once.
    private let walk = Mutex<FolderWalk?>(nil)

    /// - Parameter window: names of one directory that are held at once.
    /// - Throws: `missing` when there is no such directory, `denied`.
    package init(_ path: String, window: Int = 65_536) throws(ObjectFailure) {
        root = try OpenDirectory(path: path, remedy: "Look at the path.")
        self.window = window
    }

    package func list(_ request: ListingRequest) async throws(ObjectFailure) -> ListingPage {
        var current: FolderWalk
        if let known = walk.withLock({ walk in
            defer { walk = nil }
            return walk.flatMap { $0.continues(request) ? $0 : nil }
        }) {
            current = known
        } else {
            current = try FolderWalk(root, prefix: request.prefix, after: request.after, window: window)
        }
        var objects: [SourceObject] = []
        while objects.count < max(1, request.limit) {
            guard let object = try current.next() else { return ListingPage(objects, next: nil) }
            objects.append(object)
        }
        let last = current
        walk.withLock { $0 = last }
        return ListingPage(objects, next: objects.last?.key)
    }

    package func open(_ key: ObjectKey, range: Range<Int64>?, expecting etag: EntityTag?) async throws(ObjectFailure)
        -> ObjectBody
    {
        let (path, name) = try FolderPath.split(key)
        let directory = try FolderPath.directory(path, below: root, making: false)
        let file = openat(directory.descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw ObjectFailure(errno: errno) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw ObjectFailure(.badName, "it is no file")
        }
        let now = EntityTag(file: status)
        if let etag, etag != now {
            close(file)
            throw ObjectFailure(.changed, "the file was changed after it was listed", remedy: "Migrate again.")
        }
        let size = Int64(status.st_size)
        var bytes = 0..<size
        if let range {
            guard range.lowerBound < size || (size == 0 && range.lowerBound == 0) else {
                close(file)
                throw ObjectFailure(.unsatisfiable, "the range begins behind the end")
            }
            bytes = range.clamped(to: bytes)
        }
        return ObjectBody(
            ObjectBody.Head(length: Int64(bytes.count), etag: now), bytes: FileStream(file, bytes: bytes))
    }
}

extension EntityTag {
    /// Size and time of the last change, in nanoseconds.
    init(file status: stat) {
        let time = UInt64(bitPattern: Int64(status.st_mtim.tv_sec)) &* 1_000_000_000 &+ UInt64(status.st_mtim.tv_nsec)
        self.init(String(status.st_size, radix: 16) + "-" + String(time, radix: 16))
    }
}

/// A part of an opened file.
final class FileStream: ByteStream {
    private static let chunk = 64 << 10

    private struct State {
        var file: CInt
        var rest: Range<Int64>
    }

    private let state: Mutex<State>

    init(_ file: CInt, bytes: Range<Int64>) { state = Mutex(State(file: file, rest: bytes)) }

    deinit { close() }

    func next() async throws(ObjectFailure) -> [UInt8]? {
        try state.withLock { state throws(ObjectFailure) -> [UInt8]? in
            guard state.file >= 0, !state.rest.isEmpty else { return nil }
            let wanted = Int(min(Int64(Self.chunk), Int64(state.rest.count)))
            let (file, offset) = (state.file, state.rest.lowerBound)
            var code: CInt = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
                let got = pread(file, buffer.baseAddress, wanted, off_t(offset))
                code = errno
                count = max(0, got)
                if got >= 0 { code = 0 }
            }
            guard code == 0 else { throw ObjectFailure(errno: code) }
            guard !bytes.isEmpty else {
                throw ObjectFailure(.cut, "the file became shorter while it was read", remedy: "Migrate again.")
            }
            state.rest = (offset + Int64(bytes.count))..<state.rest.upperBound
            return bytes
        }
    }

    func close() {
        let file = state.withLock { state in
            defer { state.file = -1 }
            return state.file
        }
        if file >= 0 { Glibc.close(file) }
    }
}
