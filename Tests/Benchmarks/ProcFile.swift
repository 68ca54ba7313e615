import Glibc

/// Files of `/proc` have no size to go by; reading them as a stream is what works everywhere.
enum ProcFile {
    /// The first 64 kB of a file; empty when it cannot be read.
    static func text(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 64 * 1024)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
