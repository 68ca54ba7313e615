/// Secrets come from files and the environment, never from arguments, which everybody on a machine can read.
enum Secret {
    /// The first line of a file.
    static func firstLine(of path: String) throws -> String {
        let line = try TextFile.read(path).prefix { $0 != 0x0A && $0 != 0x0D }
        guard !line.isEmpty, let text = String(validating: line, as: UTF8.self) else {
            throw ErrorReport(.invalid, at: path, "its first line holds no token", remedy: "signalbox node token NAME")
        }
        return text
    }
}
