import Glibc
package import ImageSourcing
import Synchronization

/// A directory that images are stored below. A file gets its name when it is whole and never before: it is written
/// without one and then linked, which fails where something has that name already.
///
/// Files reach the disk together, when `settle` is asked for it: one by one they would take several times as long.
package final class FolderTarget: ImageTarget {
    package let capabilities = TargetCapabilities(maximumKeyBytes: 4095)
    private let root: OpenDirectory
    private let number = Atomic<UInt64>(0)
    /// Directories by their paths, opened for files before: most files have neighbours. Forgotten at every `settle`, as
    /// somebody may have moved them.
    private let known = Mutex<[[UInt8]: OpenDirectory]>([:])
    private static let mostKnown = 256
    /// Whether the last name was taken. Naming a file fails where one is; looking before only saves writing it in vain.
    private let meetsOthers = Atomic<Bool>(false)

    /// - Throws: `missing` when there is no such directory, `denied`.
    package init(_ path: String) throws(ObjectFailure) {
        root = try OpenDirectory(path: path, remedy: "Make it first.")
    }

    package func put(_ key: ObjectKey, _ content: ImageContent, _ precondition: PutPrecondition)
        async throws(ObjectFailure) -> PutOutcome
    {
        let (path, name) = try FolderPath.split(key)
        var directory = try self.directory(path)
        let attempt = number.wrappingAdd(1, ordering: .relaxed).newValue
        var old: stat?
        if precondition != .createOnly || meetsOthers.load(ordering: .relaxed) || content.isStream {
            old = directory.status(name)
            switch precondition {
            case .createOnly: if old != nil { return .kept }
            case .ifMatches(let etag): if old.map({ EntityTag(file: $0) }) != etag { return .kept }
            case .always: break
            }
            if let old, old.st_mode & S_IFMT != S_IFREG {
                throw ObjectFailure(.badName, "something that is no file has that name")
            }
        }
        let opened: Draft.Opened
        do throws(ObjectFailure) {
            opened = try Draft.open(in: directory, number: attempt)
        } catch {
            guard error.code == .gone, let path else { throw error }
            // Somebody has removed it since.
            known.withLock { $0[path] = nil }
            directory = try self.directory(path)
            opened = try Draft.open(in: directory, number: attempt)
        }
        var draft = Draft(opened, in: directory)
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
            let isNew = try draft.link(as: name)
            meetsOthers.store(!isNew, ordering: .relaxed)
            return isNew ? .created : .kept
        }
        try draft.replace(name)
        return old == nil ? .created : .replaced
    }

    package func lookUp(_ key: ObjectKey) async throws(ObjectFailure) -> TargetObject? {
        let (path, name) = try FolderPath.split(key)
        let directory: OpenDirectory
        do {
            directory = try FolderPath.directory(path, below: root, making: false)
        } catch {
            if error.code == .gone { return nil }
            throw error
        }
        return directory.status(name).map { TargetObject(size: Int64($0.st_size), etag: EntityTag(file: $0)) }
    }

    package func quota() async throws(ObjectFailure) -> TargetQuota? { nil }

    /// Waits for the disk on a thread that has nothing else to do.
    package func settle() async throws(ObjectFailure) {
        known.withLock { $0 = [:] }
        let code = await withTaskExecutorPreference(globalConcurrentExecutor) { [root] in
            await Self.synced(root)
        }
        guard code == 0 else { throw ObjectFailure(errno: code) }
    }

    /// The file system with all that was written to it, names and bytes; one call for thousands of files.
    @concurrent
    private static func synced(_ root: OpenDirectory) async -> CInt {
        guard let syncfs else {
            sync()
            return 0
        }
        return syncfs(root.descriptor) == 0 ? 0 : errno
    }

    /// Linux's call for one file system (sync(2)), which Swift's module of the C library does not show; where it is
    /// missing all file systems are synced.
    private static let syncfs: (@convention(c) (CInt) -> CInt)? = dlsym(nil, "syncfs").map {
        unsafeBitCast($0, to: (@convention(c) (CInt) -> CInt).self)
    }

    /// Made when it is missing.
    private func directory(_ path: [UInt8]?) throws(ObjectFailure) -> OpenDirectory {
        guard let path else { return root }
        if let known = known.withLock({ $0[path] }) { return known }
        let opened = try FolderPath.directory(path, below: root, making: true)
        known.withLock { known in
            if known.count >= Self.mostKnown { known = [:] }
            known[path] = opened
        }
        return opened
    }
}

/// A file that has no name yet.
private struct Draft: ~Copyable {
    /// `O_TMPFILE` and `AT_EMPTY_PATH` of Linux, macros that Swift does not see.
    private static let nameless = 0o20000000 | O_DIRECTORY
    private static let emptyPath: CInt = 0x1000
    /// Whether a file may be named by its descriptor alone, which is the shorter way and takes a privilege (open(2)).
    private static let isPrivileged = Atomic<Bool>(true)

    struct Opened {
        let file: CInt
        let number: UInt64
        /// Where the file system knows no files without names, a name of its own until then.
        var temporary: [CChar]?
    }

    private let file: CInt
    private let number: UInt64
    private let directory: OpenDirectory
    private var temporary: [CChar]?

    /// A name that nothing else has.
    private static func spare(_ number: UInt64) -> [CChar] { Array(".signalbox-\(getpid())-\(number)".utf8CString) }

    static func open(in directory: OpenDirectory, number: UInt64) throws(ObjectFailure) -> Opened {
        let file = openat(directory.descriptor, ".", nameless | O_WRONLY | O_CLOEXEC, 0o666)
        if file >= 0 { return Opened(file: file, number: number, temporary: nil) }
        // EPERM is also said of a directory that was removed; a file with a name tells which of the two it is.
        guard [EOPNOTSUPP, EISDIR, EINVAL, ENOENT, EPERM].contains(errno) else { throw ObjectFailure(errno: errno) }
        let spare = spare(number)
        let named = openat(
            directory.descriptor, spare, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard named >= 0 else { throw ObjectFailure(errno: errno) }
        return Opened(file: named, number: number, temporary: spare)
    }

    init(_ opened: Opened, in directory: OpenDirectory) {
        self.directory = directory
        (file, number, temporary) = (opened.file, opened.number, opened.temporary)
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
        let target = directory.descriptor
        var code: CInt = -1
        if let temporary {
            code = linkat(target, temporary, target, name, 0)
        } else {
            if Self.isPrivileged.load(ordering: .relaxed) {
                code = linkat(file, "", target, name, Self.emptyPath)
                if code != 0, errno != EEXIST { Self.isPrivileged.store(false, ordering: .relaxed) }
            }
            if code != 0, !Self.isPrivileged.load(ordering: .relaxed) {
                code = linkat(AT_FDCWD, "/proc/self/fd/\(file)", target, name, AT_SYMLINK_FOLLOW)
            }
        }
        if code == 0 { return true }
        if errno == EEXIST { return false }
        throw ObjectFailure(errno: errno)
    }

    mutating func replace(_ name: [CChar]) throws(ObjectFailure) {
        if temporary == nil {
            let spare = Self.spare(number)
            guard try link(as: spare) else { throw ObjectFailure(.local, "a file of an earlier attempt is in the way") }
            temporary = spare
        }
        guard let from = temporary, renameat(directory.descriptor, from, directory.descriptor, name) == 0 else {
            throw ObjectFailure(errno: errno)
        }
        temporary = nil
    }

    mutating func discard() {
        if let temporary { unlinkat(directory.descriptor, temporary, 0) }
        temporary = nil
        close(file)
    }
}
