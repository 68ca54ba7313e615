import Glibc
package import ImageSourcing
import Synchronization

/// A directory that images are stored below. A file gets its name when it is whole and never before: it is written
/// without one and then linked, which fails where something has that name already.
///
/// Nothing is synced: after a loss of power the newest files may be missing although the ledger names them.
package final class FolderTarget: ImageTarget {
    package let capabilities = TargetCapabilities(createsAtomically: true, maximumKeyBytes: 4095)
    private let root: CInt
    private let number = Atomic<UInt64>(0)

    /// - Throws: `missing` when there is no such directory, `denied`.
    package init(_ path: String) throws(ObjectFailure) {
        root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else {
            let failure = ObjectFailure(errno: errno)
            throw failure.code == .gone || failure.code == .badName
                ? ObjectFailure(.missing, "there is no such directory", remedy: "Make it first.") : failure
        }
    }

    deinit { close(root) }

    package func put(_ key: ObjectKey, _ content: ImageContent, _ precondition: PutPrecondition)
        async throws(ObjectFailure) -> PutOutcome
    {
        let parts = try FolderPath.parts(of: key)
        guard let name = parts.last else { throw ObjectFailure(.badName, "the key is empty") }
        let directory = try FolderPath.parent(parts, below: root, making: true)
        defer { close(directory) }
        let old = status(directory, name)
        switch precondition {
        case .createOnly: if old != nil { return .kept }
        case .ifMatches(let etag): if old.map({ EntityTag(file: $0) }) != etag { return .kept }
        case .always: break
        }
        if let old, old.st_mode & S_IFMT != S_IFREG {
            throw ObjectFailure(.badName, "something that is no file has that name")
        }
        var draft = try Draft(in: directory, number: number.wrappingAdd(1, ordering: .relaxed).newValue)
        defer { draft.discard() }
        switch content.body {
        case .bytes(let bytes): try draft.write(bytes)
        case .stream(let stream, let length):
            var count: Int64 = 0
            while let chunk = try await stream.next() {
                count += Int64(chunk.count)
                try draft.write(chunk)
            }
            guard count == length else {
                throw ObjectFailure(.cut, "\(count) bytes came where \(length) were announced")
            }
        }
        if precondition == .createOnly {
            return try draft.link(as: name) ? .created : .kept
        }
        try draft.replace(name)
        return old == nil ? .created : .replaced
    }

    package func lookUp(_ key: ObjectKey) async throws(ObjectFailure) -> TargetObject? {
        let parts = try FolderPath.parts(of: key)
        guard let name = parts.last else { return nil }
        let directory: CInt
        do {
            directory = try FolderPath.parent(parts, below: root, making: false)
        } catch {
            if error.code == .gone { return nil }
            throw error
        }
        defer { close(directory) }
        return status(directory, name).map {
            TargetObject(size: Int64($0.st_size), etag: EntityTag(file: $0))
        }
    }

    package func quota() async throws(ObjectFailure) -> TargetQuota? { nil }

    private func status(_ directory: CInt, _ name: [CChar]) -> stat? {
        var status = stat()
        return fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }
}

/// A file that has no name yet.
private struct Draft: ~Copyable {
    /// `O_TMPFILE` of Linux, a macro that Swift does not see.
    private static let nameless = 0o20000000 | O_DIRECTORY

    private let file: CInt
    private let directory: CInt
    private let spare: [CChar]
    /// Where the file system knows no files without names, a name of its own until then.
    private var temporary: [CChar]?

    init(in directory: CInt, number: UInt64) throws(ObjectFailure) {
        self.directory = directory
        spare = Array(".signalbox-\(getpid())-\(number)".utf8CString)
        var descriptor = openat(directory, ".", Self.nameless | O_WRONLY | O_CLOEXEC, 0o666)
        if descriptor < 0, errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == ENOENT {
            descriptor = openat(directory, spare, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o666)
            temporary = spare
        }
        guard descriptor >= 0 else { throw ObjectFailure(errno: errno) }
        file = descriptor
    }

    func write(_ bytes: [UInt8]) throws(ObjectFailure) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                let rest = UnsafeRawBufferPointer(rebasing: $0[written...])
                return Glibc.write(file, rest.baseAddress, rest.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ObjectFailure(errno: errno) }
            written += count
        }
    }

    /// - Returns: false when something has that name.
    func link(as name: [CChar]) throws(ObjectFailure) -> Bool {
        let code =
            if let temporary {
                linkat(directory, temporary, directory, name, 0)
            } else {
                // The way that needs no privilege (open(2), O_TMPFILE).
                linkat(AT_FDCWD, "/proc/self/fd/\(file)", directory, name, AT_SYMLINK_FOLLOW)
            }
        if code == 0 { return true }
        if errno == EEXIST { return false }
        throw ObjectFailure(errno: errno)
    }

    mutating func replace(_ name: [CChar]) throws(ObjectFailure) {
        if temporary == nil {
            guard try link(as: spare) else { throw ObjectFailure(.local, "a file of an earlier attempt is in the way") }
            temporary = spare
        }
        guard let from = temporary, renameat(directory, from, directory, name) == 0 else {
            throw ObjectFailure(errno: errno)
        }
        temporary = nil
    }

    mutating func discard() {
        if let temporary { unlinkat(directory, temporary, 0) }
        temporary = nil
        close(file)
    }
}
