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

    /// Bytes; nil when there is no file.
    func size() throws -> Int? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw StoreError.cannotOpen(path, errorText())
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

    /// - Throws: `StoreError.Code.readOnly` unless this user may write the file and make files beside it (the log).
    func checkWritable() throws {
        guard faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 else { throw StoreError.notWritable(path) }
        guard faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) == 0 else {
            throw StoreError.notWritable(path, because: "its directory is not writable")
        }
    }

    /// Makes the directory and those above it when missing; one that exists is left as it is.
    func makeDirectory(_ permissions: StatePermissions) throws {
        var missing: [String] = []
        var parent = StateFile(path).directory
        var status = stat()
        while stat(parent, &status) != 0 {
            guard errno == ENOENT else { throw StoreError.cannotOpen(path, errorText()) }
            missing.append(parent)
            parent = StateFile(parent).directory
        }
        for (index, directory) in missing.enumerated().reversed() {
            guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
                throw StoreError.cannotCreate(path, errorText())
            }
            guard index == 0 else { continue }
            if let group = permissions.group, chown(directory, uid_t.max, group) != 0 {
                throw StoreError.cannotCreate(path, "its directory cannot be given to group \(group): \(errorText())")
            }
            // After chown, which clears setgid; and past the umask.
            guard chmod(directory, permissions.directoryMode) == 0 else {
                throw StoreError.cannotCreate(path, errorText())
            }
        }
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

    /// Gives this file its lasting name, which nothing may have yet.
    ///
    /// - Returns: false when there is a file of that name already; it is left alone.
    func publish(as file: StateFile) throws -> Bool {
        guard link(path, file.path) == 0 else {
            if errno == EEXIST { return false }
            throw StoreError.cannotCreate(file.path, errorText())
        }
        // The name itself must survive a loss of power too.
        let descriptor = Glibc.open(file.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor >= 0 {
            fsync(descriptor)
            Glibc.close(descriptor)
        }
        return true
    }

    func remove() {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
    }

    private func errorText() -> String { String(cString: strerror(errno)) }
}
