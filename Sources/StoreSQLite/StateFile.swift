import EdgeModel
import Glibc

/// The file of a store, as the file system sees it.
///
/// Nothing here ever opens and closes the database file itself: POSIX drops all of a process's locks on a file when any
/// descriptor of it closes, so that would unlock it under another store of the same process
/// (https://sqlite.org/howtocorrupt.html, 2.2).
struct StateFile {
    let path: String

    init(_ path: String) { self.path = path }

    /// Never taken for a URI: SQLite reads `file:...` as one where it was compiled so.
    var sqlitePath: String { path.hasPrefix("/") ? path : "./" + path }

    var directory: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The file that a symbolic link leads to, since the log and all else that belongs to the state lie beside that one.
    /// A path that is no link, or a link to nothing, stays as it is.
    static func resolved(_ path: String) -> String {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK, let real = realpath(path, nil) else {
            return path
        }
        defer { free(real) }
        return String(cString: real)
    }

    /// Bytes; nil when there is no file.
    func size() throws -> Int? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw StoreError.cannotOpen(path, errorText()) }
            if lstat(path, &status) == 0 { throw StoreError.cannotOpen(path, "it is a symbolic link to nothing") }
            return nil
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw StoreError.cannotOpen(path, "it is not a file") }
        return Int(status.st_size)
    }

    /// What a copy of this file gets.
    func permissions() -> StatePermissions {
        var status = stat()
        guard stat(path, &status) == 0 else { return .owner }
        return StatePermissions(directoryMode: 0o700, fileMode: status.st_mode & 0o777, group: status.st_gid)
    }

    /// - Throws: `StoreError.Code.cannotOpen` unless this user may read the file.
    func checkReadable() throws {
        guard faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0 else { throw StoreError.notReadable(path) }
    }

    /// - Throws: `StoreError.Code.readOnly` unless this user may write the file and make files beside it (the log).
    func checkWritable() throws {
        for (place, access, words) in [(path, W_OK, "the file"), (directory, W_OK | X_OK, "its directory")] {
            guard faccessat(AT_FDCWD, place, access, AT_EACCESS) != 0 else { continue }
            if errno == EROFS { throw StoreError.onReadOnlyFileSystem(path) }
            throw StoreError.notWritable(path, because: "\(words) is not writable")
        }
    }

    /// Files of a log whose state is gone.
    func orphans() -> [String] {
        var status = stat()
        guard stat(path, &status) != 0 else { return [] }
        return ["-wal", "-shm"].map { path + $0 }.filter { lstat($0, &status) == 0 }
    }

    /// Makes the directory and those above it when missing; one that exists is left as it is.
    func makeDirectory(_ permissions: StatePermissions) throws {
        var missing: [String] = []
        var parent = StateFile(path).directory
        var status = stat()
        while stat(parent, &status) != 0 {
            guard errno == ENOENT || errno == ENOTDIR else { throw StoreError.cannotCreate(path, errorText()) }
            missing.append(parent)
            parent = StateFile(parent).directory
        }
        if missing.isEmpty { try checkShared(permissions) }
        for (index, directory) in missing.enumerated().reversed() {
            guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
                throw StoreError.cannotCreate(path, errorText())
            }
            guard index == 0 || permissions.group != nil else { continue }
            if let group = permissions.group, chown(directory, uid_t.max, group) != 0 {
                let error = StoreError.cannotShare(path, group: group, errorText())
                rmdir(directory)
                throw error
            }
            // After chown, which clears setgid; and past the umask.
            guard chmod(directory, permissions.directoryMode) == 0 else {
                throw StoreError.cannotCreate(path, errorText())
            }
        }
    }

    /// A directory that is there already is somebody's choice: it is not changed, but it must do what is asked.
    private func checkShared(_ permissions: StatePermissions) throws {
        guard let group = permissions.group else { return }
        let found = StatePermissions(inheritedFrom: directory)
        guard found.group == group else { throw StoreError.notShared(path, directory: directory, group: group) }
    }

    /// An empty file of a new name in the same directory, to be filled and then published.
    func makeDraft(_ permissions: StatePermissions) throws -> StateFile {
        var template = Array((path + ".draft-XXXXXX").utf8CString)
        let descriptor = template.withUnsafeMutableBufferPointer { $0.baseAddress.map { mkstemp($0) } ?? -1 }
        guard descriptor >= 0 else { throw StoreError.cannotCreate(path, errorText()) }
        Glibc.close(descriptor)
        let draft = StateFile(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        if let group = permissions.group { _ = chown(draft.path, uid_t.max, group) }
        guard chmod(draft.path, permissions.fileMode) == 0 else { throw StoreError.cannotCreate(path, errorText()) }
        return draft
    }

    /// Gives this file, a draft that nobody has open, its lasting name, which nothing may have yet.
    ///
    /// - Returns: false when there is a file of that name already; it is left alone.
    func publish(as file: StateFile) throws -> Bool {
        Self.sync(path, O_RDONLY)
        guard link(path, file.path) == 0 else {
            if errno == EEXIST { return false }
            throw StoreError.cannotCreate(file.path, errorText())
        }
        file.syncDirectory()
        return true
    }

    /// Gives this file, a draft that nobody has open, the name of another, whose place it takes.
    func replace(_ file: StateFile) throws {
        Self.sync(path, O_RDONLY)
        guard rename(path, file.path) == 0 else { throw StoreError.cannotCreate(file.path, errorText()) }
        file.syncDirectory()
    }

    /// The names themselves must survive a loss of power too.
    func syncDirectory() { Self.sync(directory, O_RDONLY | O_DIRECTORY) }

    private static func sync(_ path: String, _ flags: Int32) {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        Glibc.close(descriptor)
    }

    func remove() {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
    }

    private func errorText() -> String { String(cString: strerror(errno)) }
}
