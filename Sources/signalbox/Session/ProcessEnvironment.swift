internal import EdgeModel
internal import Glibc

/// What the operating system tells this process; read once at the start and handed on.
struct ProcessEnvironment: Sendable {
    var variables: @Sendable (String) -> String?
    var arguments: [String]
    var isInputTerminal: Bool
    var isOutputTerminal: Bool
    var isErrorTerminal: Bool
    /// Columns and rows of the terminal; nil: unknown.
    var columns: Int?
    var rows: Int?

    static var current: ProcessEnvironment {
        let size = terminalSize()
        return ProcessEnvironment(
            variables: { name in getenv(name).map { String(cString: $0) } }, arguments: CommandLine.arguments,
            isInputTerminal: isatty(STDIN_FILENO) == 1, isOutputTerminal: isatty(STDOUT_FILENO) == 1,
            isErrorTerminal: isatty(STDERR_FILENO) == 1, columns: size?.columns, rows: size?.rows)
    }

    private static func terminalSize() -> (columns: Int, rows: Int)? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    subscript(name: String) -> String? {
        guard let value = variables(name), !value.isEmpty else { return nil }
        return value
    }

    /// Name of the context under which another machine runs this, so that the commands that are told lead here again.
    var context: ResourceName? { self["SIGNALBOX_CONTEXT"].flatMap { ResourceName(rawValue: $0) } }

    /// A folder of the XDG base directory specification; relative values are ignored, as it says.
    func directory(_ variable: String, home fallback: String) -> String {
        if let value = self[variable], value.hasPrefix("/") { return value }
        return (self["HOME"] ?? "/") + "/" + fallback
    }

    /// Where the edge module is: where the environment says, else where `make install` puts it beside this program.
    var module: String? {
        if let named = self["SIGNALBOX_MODULE"] { return named }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { return nil }
        let program = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let installed = TextFile.parent(of: TextFile.parent(of: program)) + "/lib/signalbox/libsignalbox_edge.so"
        return access(installed, R_OK) == 0 ? installed : nil
    }

    /// Envoy's absolute path: where it is named, else where the PATH leads; nil: there is none.
    func envoy(given: String? = nil) -> String? {
        let name = given ?? self["SIGNALBOX_ENVOY"] ?? "envoy"
        if name.contains("/") {
            guard let path = realpath(name, nil) else { return name }
            defer { free(path) }
            return String(cString: path)
        }
        return (self["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }.first {
            $0.hasPrefix("/") && access($0, X_OK) == 0
        }
    }

    /// Who runs this, as the operating system knows it.
    func actor(claimed: String?) -> Actor {
        let uid = getuid()
        let name = getpwuid(uid).flatMap { $0.pointee.pw_name.map { String(cString: $0) } } ?? "uid \(uid)"
        return Actor(name: name, uid: Int(uid), sudoUser: self["SUDO_USER"], sshClient: sshClient, claimed: claimed)
    }

    /// Address that the ssh session of this process came from; nil: it runs in none.
    private var sshClient: String? {
        let names = ["SSH_CONNECTION", "SSH_CLIENT"]
        let own = names.compactMap { self[$0] }.first
        // sudo takes the session's variables away; the shell that it was typed into still has them.
        let told = own ?? (self["SUDO_USER"] == nil ? nil : ProcessAncestry.variable(oneOf: names))
        return told?.split(separator: " ").first.map { String($0) }
    }
}
