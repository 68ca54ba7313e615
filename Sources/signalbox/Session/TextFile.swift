internal import DocumentText
internal import EdgeModel
internal import Glibc

/// Files of text, read within the limits of a document and written whole or not at all.
enum TextFile {
    /// Reads a file, or standard input for `-`.
    static func read(_ path: String) throws -> [UInt8] {
        if path == "-" { return try read(STDIN_FILENO, named: name(path)) }
        guard let bytes = try readIfPresent(path) else {
            throw ErrorReport(
                .notFound, at: path, "there is no such file", remedy: "check the path; '-' is standard input")
        }
        return bytes
    }

    /// nil when there is no such file.
    static func readIfPresent(_ path: String) throws -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure(path, "cannot be read")
        }
        defer { close(descriptor) }
        return try read(descriptor, named: path)
    }

    private static func read(_ descriptor: Int32, named name: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                guard errno != EISDIR else {
                    throw ErrorReport(
                        .invalid, at: name, "it is a directory and not a file", remedy: "name a file in it")
                }
                throw failure(name, "cannot be read")
            }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= DocumentText.Limit.bytes else {
                throw ErrorReport(
                    .invalid, at: name, "it has more than \(DocumentText.Limit.bytes >> 20) MiB",
                    remedy: "give a smaller file")
            }
        }
    }

    /// What a path given on the command line is called in an error.
    static func name(_ path: String) -> String { path == "-" ? "standard input" : path }

    /// Reads a document; findings name the file.
    static func document(_ path: String) throws -> DocumentNode {
        do {
            return try DocumentText.read(bytes: try read(path))
        } catch let error as DocumentTextError {
            throw ErrorReport(
                .invalid, at: name(path), "the text cannot be read",
                remedy: "mend what the findings name; nothing was changed", findings: error.findings)
        }
    }

    /// Writes beside the place and renames, so that nobody sees half a file.
    static func write(_ text: String, to path: String, mode: mode_t = 0o600) throws {
        let draft = path + ".new-\(getpid())"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure(path, "cannot be written") }
        var text = text
        let isWritten = text.withUTF8 { bytes in
            var done = 0
            while done < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
                if count < 0, errno != EINTR { return false }
                done += max(0, count)
            }
            return fsync(descriptor) == 0
        }
        close(descriptor)
        guard isWritten, rename(draft, path) == 0 else {
            let error = failure(path, "cannot be written")
            unlink(draft)
            throw error
        }
    }

    static func makeDirectory(_ path: String) throws {
        var built = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            built += "/" + part
            if mkdir(built, 0o700) != 0, errno != EEXIST { throw failure(path, "cannot be made") }
        }
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func failure(_ path: String, _ what: String) -> ErrorReport {
        ErrorReport(
            .io, at: path, "it \(what): \(String(cString: strerror(errno)))",
            remedy: "check the path and its permissions")
    }
}
