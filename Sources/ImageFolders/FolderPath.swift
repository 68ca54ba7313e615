import Glibc
import ImageSourcing

/// An opened directory; closed when nobody holds it any more.
final class OpenDirectory: Sendable {
    let descriptor: CInt

    init(_ descriptor: CInt) { self.descriptor = descriptor }

    /// - Throws: `missing` with this remedy when there is no such directory, `denied`.
    init(path: String, remedy: String) throws(ObjectFailure) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor < 0 else { return }
        let failure = ObjectFailure(errno: errno)
        throw failure.code == .gone || failure.code == .badName
            ? ObjectFailure(.missing, "there is no such directory", remedy: remedy) : failure
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// A directory in it, never by a link.
    /// - Parameter making: it is made when it is missing.
    func directory(_ name: [CChar], making: Bool = false) throws(ObjectFailure) -> OpenDirectory {
        let how = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        var opened = openat(descriptor, name, how)
        if opened < 0, errno == ENOENT, making, mkdirat(descriptor, name, 0o777) == 0 || errno == EEXIST {
            opened = openat(descriptor, name, how)
        }
        guard opened >= 0 else { throw ObjectFailure(errno: errno) }
        return OpenDirectory(opened)
    }

    /// What has this name in it, a link itself and not what it leads to.
    func status(_ name: [CChar]) -> stat? {
        var status = stat()
        return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }
}

/// Ways from an opened directory to what lies below it, and never out of it: every step is taken by its own name from
/// the directory before, symbolic links are not followed, and names that mean another place are refused.
enum FolderPath {
    private static let slash = UInt8(ascii: "/")

    /// The parts of a key as names of files.
    /// - Throws: `badName` for an empty key or part, `.`, `..`, a zero byte, or a part longer than a name may be.
    static func parts(of key: ObjectKey) throws(ObjectFailure) -> [[CChar]] {
        var parts: [[CChar]] = []
        for part in key.bytes.split(separator: slash, omittingEmptySubsequences: false) {
            parts.append(try name(part))
        }
        return parts
    }

    /// One part.
    static func name(_ part: ArraySlice<UInt8>) throws(ObjectFailure) -> [CChar] {
        guard !part.isEmpty, part.count <= 255, !part.contains(0), !part.elementsEqual(".".utf8),
            !part.elementsEqual("..".utf8)
        else {
            throw ObjectFailure(
                .badName, "the key cannot be the path of a file below a directory",
                remedy: "Leave it out, or choose a bucket as the target.")
        }
        return part.map { CChar(bitPattern: $0) } + [0]
    }

    /// The last part of a key, and the path before it; nil: there is none.
    static func split(_ key: ObjectKey) throws(ObjectFailure) -> (path: [UInt8]?, name: [CChar]) {
        guard let last = key.bytes.lastIndex(of: slash) else { return (nil, try name(key.bytes[...])) }
        return (Array(key.bytes[..<last]), try name(key.bytes[(last + 1)...]))
    }

    /// Opens a directory below another one.
    /// - Parameter making: directories that are missing are made.
    static func directory(_ path: [UInt8]?, below root: OpenDirectory, making: Bool) throws(ObjectFailure)
        -> OpenDirectory
    {
        guard let path else { return root }
        var directory = root
        for part in try parts(of: ObjectKey(bytes: path)) { directory = try directory.directory(part, making: making) }
        return directory
    }
}

extension ObjectFailure {
    /// What the operating system said.
    init(errno code: CInt) {
        let words = String(cString: strerror(code))
        switch code {
        case ENOENT: self.init(.gone, "there is no such file")
        case EACCES, EPERM: self.init(.denied, "permission denied", remedy: "Look at owner and permissions.")
        case ENOTDIR, ELOOP:
            self.init(
                .badName, "a part of the path is a file or a symbolic link",
                remedy: "Links are never followed; choose another prefix.")
        case ENAMETOOLONG, EISDIR, EILSEQ, EINVAL:
            self.init(.badName, "the key cannot be the path of a file here: \(words)")
        case ENOSPC, EDQUOT: self.init(.quota, "the disk is full", remedy: "Make room; the run goes on where it was.")
        default: self.init(.local, "the operating system said: \(words)", remedy: "Look at the disk.")
        }
    }
}
