internal import EnvoyConfig
internal import Glibc

/// Everything a node keeps on disk, in one folder that only its owner may enter (0700).
///
/// | file | what |
/// |---|---|
/// | `lock` | held while a service runs here, so that there is one |
/// | `envoy.pid` | id and start time of the Envoy that runs, to end one that was left behind |
/// | `bootstrap.json` | the file Envoy starts with (0600); holds no secret |
/// | `libsignalbox_edge.so` | the installed copy of the edge module |
/// | `trace.key` | what live traces here are signed with (0600); made of the token's digest, gives neither away |
/// | `last-good` | the configuration Envoy accepted last (0600); see ``LastGoodFile`` |
/// | `xds.sock` | Envoy fetches its configuration here |
/// | `admin.sock`, `figures.sock` | Envoy's and the module's figures; nobody else can reach them |
/// | `envoy.log`, `envoy.log.1` | Envoy's log and the one before, 10 MB each |
/// | `envoy.stderr` | what Envoy said before and after it had a log |
/// | `access.log`, `access.log.1` | a line for each request, 10 MB each |
package struct NodeDirectory: Hashable, Sendable {
    package let root: String

    /// The longest path that fits into a unix socket's address (`sun_path`, 108 bytes with the final zero).
    static let longestSocketPath = 107

    /// - Throws: ``NodeAgentError`` `invalid` for a path that is relative or too long for the sockets in it.
    package init(_ path: String) throws(NodeAgentError) {
        var root = path
        while root.count > 1, root.hasSuffix("/") { root.removeLast() }
        guard root.hasPrefix("/"), root.count > 1, !root.utf8.contains(0) else {
            throw NodeAgentError(
                .invalid, at: path, "The data directory is no absolute path.",
                remedy: "Give a folder such as /var/lib/signalbox/NAME.")
        }
        self.root = root
        let longest = figuresSocket.utf8.count
        guard longest <= Self.longestSocketPath else {
            throw NodeAgentError(
                .invalid, at: path,
                "The data directory's path is \(longest - Self.longestSocketPath) bytes too long for unix sockets.",
                remedy: "Choose a folder with a shorter path.")
        }
    }

    package var lock: String { root + "/lock" }
    package var processFile: String { root + "/envoy.pid" }
    package var bootstrap: String { root + "/bootstrap.json" }
    package var module: String { root + "/lib\(EdgeContract.library).so" }
    package var traceKey: String { root + "/trace.key" }
    package var lastGood: String { root + "/last-good" }
    package var relaySocket: String { root + "/xds.sock" }
    package var adminSocket: String { root + "/admin.sock" }
    package var figuresSocket: String { root + "/figures.sock" }
    package var envoyLog: String { root + "/envoy.log" }
    package var envoyErrors: String { root + "/envoy.stderr" }
    package var accessLog: String { root + "/access.log" }

    /// Makes the folder, or takes over one that is empty or was ours before; closes it to others.
    ///
    /// A folder with other things in it is refused, so that a mistyped path closes nothing that others need.
    func prepare() throws(NodeAgentError) {
        var current = ""
        for part in root.split(separator: "/") {
            current += "/" + part
            if mkdir(current, 0o700) != 0, errno != EEXIST { throw .system(current, "The folder cannot be made") }
        }
        var status = stat()
        guard stat(root, &status) == 0 else { throw .system(root, "The folder cannot be read") }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw NodeAgentError(
                .invalid, at: root, "This is no folder.", remedy: "Name another data directory.")
        }
        guard status.st_uid == geteuid() else {
            throw NodeAgentError(
                .permissions, at: root, "The folder belongs to another user.",
                remedy: "Run as its owner or name another data directory.")
        }
        guard access(lock, F_OK) == 0 || isEmpty else {
            throw NodeAgentError(
                .invalid, at: root, "The folder holds other things already.",
                remedy: "Name an empty folder, or one a node has used before.")
        }
        guard chmod(root, 0o700) == 0 else { throw .system(root, "The folder cannot be closed to others") }
    }

    private var isEmpty: Bool {
        guard let listing = opendir(root) else { return false }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let name = entry.pointee.d_name
            let isDots = name.0 == 46 && (name.1 == 0 || (name.1 == 46 && name.2 == 0))
            if !isDots { return false }
        }
        return true
    }
}

extension NodeAgentError {
    /// With the reason that the last system call left.
    static func system(_ place: String, _ message: String) -> NodeAgentError {
        NodeAgentError(
            .system, at: place, "\(message): \(String(cString: strerror(errno))).",
            remedy: "Mend it and start the node again.")
    }
}
