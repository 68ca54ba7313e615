import Glibc
import ImageSourcing

/// Ways from an opened directory to what lies below it, and never out of it: every step is taken by its own name from
/// the directory before, symbolic links are not followed, and names that mean another place are refused.
enum FolderPath {
    /// The parts of a key as names of files.
    /// - Throws: `badName` for an empty key or part, `.`, `..`, a zero byte, or a part longer than a name may be.
    static func parts(of key: ObjectKey) throws(ObjectFailure) -> [[CChar]] {
        var parts: [[CChar]] = []
        for part in key.bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard !part.isEmpty, part.count <= 255, !part.contains(0), !part.elementsEqual(".".utf8),
                !part.elementsEqual("..".utf8)
            else {
                throw ObjectFailure(
                    .badName, "the key cannot be the path of a file below a directory",
                    remedy: "Leave it out, or choose a bucket as the target.")
            }
            parts.append(part.map { CChar(bitPattern: $0) } + [0])
        }
        return parts
    }

    /// Opens the directory that holds the last part; the caller closes it.
    /// - Parameter making: directories that are missing are made.
    static func parent(_ parts: [[CChar]], below root: CInt, making: Bool) throws(ObjectFailure) -> CInt {
        var directory = fcntl(root, F_DUPFD_CLOEXEC, 0)
        guard directory >= 0 else { throw ObjectFailure(errno: errno) }
        for part in parts.dropLast() {
            var next = openat(directory, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            if next < 0, errno == ENOENT, making {
                if mkdirat(directory, part, 0o777) == 0 || errno == EEXIST {
                    next = openat(directory, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                }
            }
            let code = errno
            close(directory)
            guard next >= 0 else { throw ObjectFailure(errno: code) }
            directory = next
        }
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
