import Glibc
import ImageSourcing

/// Files below a directory, ascending by the bytes of their paths: a directory is sorted as if its name ended in `/`.
struct FolderWalk: Sendable {
    private struct Entry {
        var name: [UInt8]
        var isDirectory: Bool

        /// What it is sorted by.
        var sortName: [UInt8] { isDirectory ? name + [UInt8(ascii: "/")] : name }
    }

    private struct Level {
        /// With a `/` at its end; empty for the root.
        var path: [UInt8]
        /// What is left, the next one last.
        var rest: [Entry]
    }

    let prefix: ObjectKey
    private var after: ObjectKey?
    private var levels: [Level] = []

    init(prefix: ObjectKey, after: ObjectKey?) {
        self.prefix = prefix
        self.after = after
    }

    /// Whether a request goes on where this walk is.
    func continues(_ request: ListingRequest) -> Bool { request.prefix == prefix && request.after == after }

    mutating func start(_ root: CInt) throws(ObjectFailure) { levels = [Level(path: [], rest: try entries([], root))] }

    /// nil: no more.
    mutating func next(_ root: CInt) throws(ObjectFailure) -> SourceObject? {
        while let level = levels.last {
            guard let entry = level.rest.last else {
                levels.removeLast()
                continue
            }
            levels[levels.count - 1].rest.removeLast()
            let path = level.path + entry.name
            if entry.isDirectory {
                let below = path + [UInt8(ascii: "/")]
                // One that went meanwhile has nothing in it.
                if wants(directory: below) { levels.append(Level(path: below, rest: try entries(below, root))) }
            } else {
                let key = ObjectKey(bytes: path)
                guard key.hasPrefix(prefix), after.map({ $0 < key }) ?? true else { continue }
                guard let object = status(of: key, root) else { continue }
                after = key
                return object
            }
        }
        return nil
    }

    /// Whether anything below may lie behind `after` and begin with the prefix.
    private func wants(directory path: [UInt8]) -> Bool {
        let key = ObjectKey(bytes: path)
        guard key.hasPrefix(prefix) || prefix.hasPrefix(key) else { return false }
        guard let after else { return true }
        return after < key || after.hasPrefix(key)
    }

    private func entries(_ path: [UInt8], _ root: CInt) throws(ObjectFailure) -> [Entry] {
        let descriptor: CInt
        if path.isEmpty {
            descriptor = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        } else {
            // Its own name follows the last `/` of the path, so the parent of an extra part is the directory itself.
            let parts = try FolderPath.parts(of: ObjectKey(bytes: path + [UInt8(ascii: "x")]))
            do {
                descriptor = try FolderPath.parent(parts, below: root, making: false)
            } catch {
                if error.code == .gone || error.code == .badName { return [] }
                throw error
            }
        }
        guard descriptor >= 0, let stream = fdopendir(descriptor) else { throw ObjectFailure(errno: errno) }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while true {
            errno = 0
            guard let found = readdir(stream) else {
                guard errno == 0 else { throw ObjectFailure(errno: errno) }
                break
            }
            let name = withUnsafeBytes(of: &found.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { continue }
            var kind = Int32(found.pointee.d_type)
            if kind == Int32(DT_UNKNOWN) {
                var status = stat()
                let named = name.map { CChar(bitPattern: $0) } + [0]
                guard fstatat(descriptor, named, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
                kind =
                    status.st_mode & S_IFMT == S_IFDIR
                    ? Int32(DT_DIR) : status.st_mode & S_IFMT == S_IFREG ? Int32(DT_REG) : 0
            }
            if kind == Int32(DT_DIR) || kind == Int32(DT_REG) {
                entries.append(Entry(name: name, isDirectory: kind == Int32(DT_DIR)))
            }
        }
        entries.sort { $1.sortName.lexicographicallyPrecedes($0.sortName) }
        return entries
    }

    private func status(of key: ObjectKey, _ root: CInt) -> SourceObject? {
        guard let parts = try? FolderPath.parts(of: key), let name = parts.last,
            let directory = try? FolderPath.parent(parts, below: root, making: false)
        else { return nil }
        defer { close(directory) }
        var status = stat()
        guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        return SourceObject(
            key, size: Int64(status.st_size), etag: EntityTag(file: status),
            modified: Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000)
    }
}
