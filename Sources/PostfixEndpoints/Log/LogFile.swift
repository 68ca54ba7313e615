internal import Glibc
internal import PostfixProtocol

/// Follows a file that somebody else appends to, through its renaming and replacement.
struct LogFile {
    private let path: String
    private var descriptor: Int32 = -1
    private var inode: UInt64 = 0
    private var offset: UInt64 = 0
    /// The beginning of a line whose end has not been written yet.
    private var rest: [UInt8] = []
    /// The first bytes of the file: they hold a time, and so tell whether it is still the same.
    private var head: [UInt8] = []

    init(_ path: String) { self.path = path }

    /// Where the next line begins.
    var place: LogReader.Place { LogReader.Place(file: inode, offset: offset - UInt64(rest.count)) }

    /// Opens the file at a place where reading ended before, even if it has been renamed since; at its end without one,
    /// and at its start when the old file is gone.
    mutating func open(at place: LogReader.Place?) {
        rest = []
        guard let place else {
            openCurrent(atEnd: true)
            return
        }
        for candidate in [path] + Self.siblings(of: path) where Self.inode(of: candidate) == place.file {
            descriptor = Glibc.open(candidate, O_RDONLY | O_CLOEXEC)
            inode = place.file
            head = Self.head(of: descriptor)
            // Shorter than it was: it was cut to nothing and has grown again.
            offset = place.offset <= Self.size(of: descriptor) ? place.offset : 0
            return
        }
        openCurrent(atEnd: false)
    }

    /// Bytes that are read at once.
    private static let chunk = 1 << 16
    /// No line of Postfix is that long.
    private static let longest = 1 << 20

    /// Whether there was more than ``lines()`` took the last time.
    private(set) var isBehind = false

    /// Whole lines that were added, each with its place; not all of them when many were. Empty when there is nothing new.
    mutating func lines() -> [(text: Substring, place: LogReader.Place)] {
        isBehind = false
        if descriptor < 0 { openCurrent(atEnd: false) }
        guard descriptor >= 0 else { return [] }
        if isCut() { openCopy() }
        var start = offset - UInt64(rest.count)
        let count = withUnsafeTemporaryAllocation(byteCount: Self.chunk, alignment: 1) { buffer in
            let count = max(0, pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset)))
            rest += buffer[..<count]
            return count
        }
        guard count > 0 else {
            // The old file is read to its end before the new one is.
            if let current = Self.inode(of: path), current != inode { openCurrent(atEnd: false) }
            return []
        }
        offset += UInt64(count)
        isBehind = count == Self.chunk
        var found: [(Substring, LogReader.Place)] = []
        var begin = rest.startIndex
        while let end = rest[begin...].firstIndex(of: 0x0A) {
            found.append(
                (Substring(decoding: rest[begin..<end], as: UTF8.self), LogReader.Place(file: inode, offset: start)))
            start += UInt64(end - begin + 1)
            begin = end + 1
        }
        rest = Array(rest[begin...])
        if rest.count > Self.longest { rest = [] }
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
        head = Self.head(of: descriptor)
        offset = atEnd ? Self.size(of: descriptor) : 0
        rest = []
    }

    /// Whether the file was cut to nothing in place since it was read, even if it is as long as before again. A head that
    /// was too short is taken anew.
    private mutating func isCut() -> Bool {
        if Self.size(of: descriptor) < offset { return true }
        let now = Self.head(of: descriptor)
        if now.starts(with: head) {
            head = now
            return false
        }
        return true
    }

    /// What was not read before the cut stands in the copy that rotation made; after it the file is read from its start.
    private mutating func openCopy() {
        for sibling in Self.siblings(of: path) {
            let copy = Glibc.open(sibling, O_RDONLY | O_CLOEXEC)
            guard copy >= 0 else { continue }
            if Self.head(of: copy).starts(with: head), Self.size(of: copy) >= offset, !head.isEmpty {
                close()
                (descriptor, inode) = (copy, Self.inode(of: copy) ?? 0)
                return
            }
            Glibc.close(copy)
        }
        openCurrent(atEnd: false)
    }

    private static func head(of descriptor: Int32) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
            count = max(0, pread(descriptor, buffer.baseAddress, buffer.count, 0))
        }
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
