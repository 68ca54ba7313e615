internal import Glibc

/// Follows a file that somebody else appends to, through its renaming and replacement.
struct LogFile {
    private let path: String
    private var descriptor: Int32 = -1
    private var inode: UInt64 = 0
    private var offset: UInt64 = 0
    /// The beginning of a line whose end has not been written yet.
    private var rest: [UInt8] = []

    init(_ path: String) { self.path = path }

    /// Where the next line begins.
    var place: LogReader.Place { LogReader.Place(file: inode, offset: offset - UInt64(rest.count)) }

    /// Opens the file at a place where reading ended before, even if it has been renamed since; at its end without one,
    /// and at its start when the old file is gone.
    mutating func open(at place: LogReader.Place?) {
        guard let place else {
            openCurrent(atEnd: true)
            return
        }
        for candidate in [path] + Self.siblings(of: path) where Self.inode(of: candidate) == place.file {
            descriptor = Glibc.open(candidate, O_RDONLY | O_CLOEXEC)
            inode = place.file
            offset = min(place.offset, Self.size(of: descriptor))
            return
        }
        openCurrent(atEnd: false)
    }

    /// Whole lines that were added, each with its place; at most about a megabyte. Empty when there is nothing new.
    mutating func lines() -> [(text: Substring, place: LogReader.Place)] {
        if descriptor < 0 { openCurrent(atEnd: false) }
        guard descriptor >= 0 else { return [] }
        // Cut to nothing in place: what was read before is gone.
        if Self.size(of: descriptor) < offset { (offset, rest) = (0, []) }
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        let count = pread(descriptor, &chunk, chunk.count, off_t(offset))
        guard count > 0 else {
            // The old file is read to its end before the new one is.
            if let current = Self.inode(of: path), current != inode { openCurrent(atEnd: false) }
            return []
        }
        var start = offset - UInt64(rest.count)
        offset += UInt64(count)
        rest += chunk[..<count]
        var found: [(Substring, LogReader.Place)] = []
        var begin = rest.startIndex
        while let end = rest[begin...].firstIndex(of: 0x0A) {
            found.append(
                (Substring(decoding: rest[begin..<end], as: UTF8.self), LogReader.Place(file: inode, offset: start)))
            start += UInt64(end - begin + 1)
            begin = end + 1
        }
        rest = Array(rest[begin...])
        // No line of Postfix is that long; it is no log then.
        if rest.count > 1 << 20 { rest = [] }
        return found
    }

    mutating func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    private mutating func openCurrent(atEnd: Bool) {
        close()
        descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        inode = Self.inode(of: descriptor) ?? 0
        offset = atEnd ? Self.size(of: descriptor) : 0
        rest = []
    }

    private static func inode(of path: String) -> UInt64? {
        var info = stat()
        return stat(path, &info) == 0 ? UInt64(info.st_ino) : nil
    }

    private static func inode(of descriptor: Int32) -> UInt64? {
        var info = stat()
        return fstat(descriptor, &info) == 0 ? UInt64(info.st_ino) : nil
    }

    private static func size(of descriptor: Int32) -> UInt64 {
        var info = stat()
        return fstat(descriptor, &info) == 0 ? UInt64(max(0, info.st_size)) : 0
    }

    /// Files of the same folder whose name begins with this one's: where rotation puts it.
    private static func siblings(of path: String) -> [String] {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var found: [String] = []
        while let entry = readdir(handle) {
            let other = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if other.hasPrefix(name), other != name { found.append(folder + "/" + other) }
        }
        return found
    }
}
