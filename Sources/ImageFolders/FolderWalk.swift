import Glibc
import ImageSourcing

/// Files below a directory, ascending by the bytes of their paths: a directory is sorted as if its name ended in `/`.
///
/// Directories list themselves in no order. Of each, the first names in order are held, `window` of them, and when these
/// are used up it is read again for the next: a directory of ten million files is read 150 times and never held.
struct FolderWalk: Sendable {
    private struct Entry {
        var name: [UInt8]
        var isDirectory: Bool

        /// By the names that they are sorted by.
        func precedes(_ other: Entry) -> Bool {
            let shared = min(name.count, other.name.count)
            for i in 0..<shared where name[i] != other.name[i] { return name[i] < other.name[i] }
            guard let mine = byte(shared) else { return other.byte(shared) != nil }
            guard let theirs = other.byte(shared) else { return false }
            // Of `a` as a directory and `a/…` there cannot be both: no name has a slash.
            return mine < theirs
        }

        private func byte(_ index: Int) -> UInt8? {
            index < name.count ? name[index] : index == name.count && isDirectory ? UInt8(ascii: "/") : nil
        }

        var text: [CChar] { name.map { CChar(bitPattern: $0) } + [0] }
    }

    private struct Level {
        let directory: OpenDirectory
        /// With a `/` at its end; empty for the root.
        let path: [UInt8]
        /// What is held and left, the next one last.
        var rest: [Entry] = []
        /// The last one that was held; nil: none was.
        var last: Entry?
        /// There is nothing behind the last one.
        var isWhole = false
    }

    let prefix: ObjectKey
    private let window: Int
    private var after: ObjectKey?
    private var levels: [Level] = []

    init(_ root: OpenDirectory, prefix: ObjectKey, after: ObjectKey?, window: Int) throws(ObjectFailure) {
        self.prefix = prefix
        self.after = after
        self.window = max(1, window)
        levels = [Level(directory: root, path: [])]
    }

    /// Whether a request goes on where this walk is.
    func continues(_ request: ListingRequest) -> Bool { request.prefix == prefix && request.after == after }

    /// nil: no more.
    mutating func next() throws(ObjectFailure) -> SourceObject? {
        while let top = levels.indices.last {
            guard let entry = levels[top].rest.popLast() else {
                if levels[top].isWhole { levels.removeLast() } else { try fill(top) }
                continue
            }
            let level = levels[top]
            let path = level.path + entry.name
            if entry.isDirectory {
                let below = path + [UInt8(ascii: "/")]
                if wants(directory: below), let directory = try opened(entry, level.directory) {
                    levels.append(Level(directory: directory, path: below))
                }
            } else {
                let key = ObjectKey(bytes: path)
                guard key.hasPrefix(prefix), after.map({ $0 < key }) ?? true,
                    let status = level.directory.status(entry.text)
                else { continue }
                after = key
                return SourceObject(
                    key, size: Int64(status.st_size), etag: EntityTag(file: status),
                    modified: Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000)
            }
        }
        return nil
    }

    /// nil: it went meanwhile, or became something else.
    private func opened(_ entry: Entry, _ parent: OpenDirectory) throws(ObjectFailure) -> OpenDirectory? {
        do throws(ObjectFailure) {
            return try parent.directory(entry.text)
        } catch {
            if error.code == .gone || error.code == .badName { return nil }
            throw error
        }
    }

    /// Whether anything below may lie behind `after` and begin with the prefix.
    private func wants(directory path: [UInt8]) -> Bool {
        let key = ObjectKey(bytes: path)
        guard key.hasPrefix(prefix) || prefix.hasPrefix(key) else { return false }
        guard let after else { return true }
        return after < key || after.hasPrefix(key)
    }

    // MARK: one directory

    /// Reads the next names of a directory.
    private mutating func fill(_ index: Int) throws(ObjectFailure) {
        let level = levels[index]
        let descriptor = openat(level.directory.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0, let stream = fdopendir(descriptor) else { throw ObjectFailure(errno: errno) }
        defer { closedir(stream) }
        let first = firstName(below: level.path)
        var chosen: [Entry] = []
        var bound: Entry?
        while let entry = try Self.next(stream, descriptor) {
            if let first, entry.name.lexicographicallyPrecedes(first), !first.starts(with: entry.name) { continue }
            if let last = level.last, !last.precedes(entry) { continue }
            if let bound, !entry.precedes(bound) { continue }
            chosen.append(entry)
            if chosen.count == 2 * window { bound = Self.keepFirst(window, &chosen) }
        }
        if chosen.count > window { bound = Self.keepFirst(window, &chosen) } else { chosen.sort { $0.precedes($1) } }
        levels[index].isWhole = bound == nil
        levels[index].last = chosen.last ?? level.last
        chosen.reverse()
        levels[index].rest = chosen
    }

    /// - Returns: the last one that is kept.
    private static func keepFirst(_ count: Int, _ entries: inout [Entry]) -> Entry? {
        entries.sort { $0.precedes($1) }
        entries.removeLast(entries.count - count)
        return entries.last
    }

    /// Names before this one lie before `after`, and so does everything below them; nil: none is known to.
    private func firstName(below path: [UInt8]) -> ArraySlice<UInt8>? {
        guard let after, after.hasPrefix(ObjectKey(bytes: path)) else { return nil }
        return after.bytes[path.count...].prefix { $0 != UInt8(ascii: "/") }
    }

    /// The next file or directory, whatever else is between; nil at the end.
    private static func next(_ stream: OpaquePointer, _ descriptor: CInt) throws(ObjectFailure) -> Entry? {
        while true {
            errno = 0
            guard let found = readdir(stream) else {
                guard errno == 0 else { throw ObjectFailure(errno: errno) }
                return nil
            }
            let name = withUnsafeBytes(of: &found.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { continue }
            var entry = Entry(name: name, isDirectory: found.pointee.d_type == DT_DIR)
            switch Int(found.pointee.d_type) {
            case Int(DT_DIR), Int(DT_REG): return entry
            case Int(DT_UNKNOWN):
                var status = stat()
                guard fstatat(descriptor, entry.text, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
                entry.isDirectory = status.st_mode & S_IFMT == S_IFDIR
                if entry.isDirectory || status.st_mode & S_IFMT == S_IFREG { return entry }
            default: continue
            }
        }
    }
}
