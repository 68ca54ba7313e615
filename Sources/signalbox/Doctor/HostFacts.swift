internal import EdgeModel

/// What this machine is like, as far as Signalbox depends on it; gathered by `HostFacts+Gather`, judged by `HostCheck`.
struct HostFacts: Hashable, Sendable {
    /// Where the state is, or would be: its folder, or the nearest one above that exists.
    struct Place: Hashable, Sendable {
        var path: String
        /// Kind of the file system as proc(5) names it: `ext4`, `nfs4`, `fuse.sshfs`.
        var fileSystem: String
        var freeBytes: UInt64
        /// Files that can still be made; nil: the file system does not count them.
        var freeFiles: UInt64?
        var folderMode: UInt32
        /// nil: there is no state yet.
        var stateMode: UInt32?
    }

    struct Program: Hashable, Sendable {
        var path: String
        /// What `--version` printed; nil: it said nothing in time, or cannot be run.
        var printed: String?
        /// Whether the file itself carries capabilities (capabilities(7)).
        var hasCapabilities: Bool
    }

    var place: Place?
    /// Addresses of this machine's interfaces, in the usual form.
    var addresses: Set<String> = []
    /// The first port that anybody may listen on (`net.ipv4.ip_unprivileged_port_start`).
    var firstFreePort = 1024
    /// Whether this process has CAP_NET_BIND_SERVICE.
    var mayBindLowPorts = false
    /// nil: none is named and none is in the PATH.
    var envoy: Program?
    /// The edge module that a node here would load; nil: none is named and none is installed.
    var module: String?
    /// Whether the module's file can be read.
    var moduleIsReadable = false

    /// Whether something can listen on the address here: it is an interface's, or one of 127.0.0.0/8, which Linux
    /// accepts whole, or stands for all.
    func has(_ address: String) -> Bool {
        addresses.contains(address) || address.hasPrefix("127.") || ["0.0.0.0", "::", "::1"].contains(address)
    }
}
