internal import ControlPlane
internal import EdgeModel
internal import NodeAgent

/// What is wrong with a machine, before Envoy or SQLite find out. Facts in, findings out.
enum HostCheck {
    static func findings(_ facts: HostFacts, statePath: String, sockets: [ListenAddress]) -> [Finding] {
        let ofPlace = facts.place.map { place in
            fileSystem(place) + room(place) + permissions(place, statePath)
        }
        return (ofPlace ?? []) + sockets.flatMap { lowPort($0, facts) + absent($0, facts) } + envoy(facts)
            + module(facts, isNode: !sockets.isEmpty)
    }

    // MARK: the state's place

    /// Kinds of file systems that lie on other machines.
    private static let network: Set<String> = [
        "9p", "afs", "beegfs", "ceph", "cifs", "coda", "fuse.ceph", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "gfs2",
        "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb3", "smbfs",
    ]

    static func fileSystem(_ place: HostFacts.Place) -> [Finding] {
        if network.contains(place.fileSystem) {
            return [
                Finding(
                    .error, "network-file-system", at: place.path,
                    "the state lies on \(place.fileSystem): its locks and its shared memory do not hold there, and two machines that write damage it",
                    remedy: "signalbox state backup /var/lib/signalbox/state.db, then use that one with --state")
            ]
        }
        guard place.fileSystem.hasPrefix("fuse.") || place.fileSystem == "virtiofs" else { return [] }
        return [
            Finding(
                .warning, "unknown-file-system", at: place.path,
                "the state lies on \(place.fileSystem), which may be another machine's or lack locks",
                remedy: "keep it on a local disk")
        ]
    }

    /// Below the first a busy day's log can fill it; below the second the next commit may fail.
    static let littleRoom: UInt64 = 512 << 20
    static let noRoom: UInt64 = 64 << 20

    static func room(_ place: HostFacts.Place) -> [Finding] {
        if let files = place.freeFiles, files < 16 {
            return [
                Finding(
                    .error, "disk-full", at: place.path, "\(files) more files can be made there",
                    remedy: "remove files on that disk; df -i \(ShellWord.quoted(place.path))")
            ]
        }
        guard place.freeBytes < littleRoom else { return [] }
        return [
            Finding(
                place.freeBytes < noRoom ? .error : .warning, "disk-full", at: place.path,
                "\(place.freeBytes >> 20) MiB are free there",
                remedy: "free space on that disk; df -h \(ShellWord.quoted(place.path))")
        ]
    }

    /// Journal and tokens' digests are nobody else's business, and whoever can write the file can do everything.
    static func permissions(_ place: HostFacts.Place, _ statePath: String) -> [Finding] {
        guard let mode = place.stateMode else { return [] }
        var findings: [Finding] = []
        if mode & 0o006 != 0 {
            let mayWrite = mode & 0o002 != 0
            findings.append(
                Finding(
                    mayWrite ? .error : .warning, "state-open", at: statePath,
                    "every user of this machine may \(mayWrite ? "change" : "read") the state",
                    remedy: "chmod o= \(ShellWord.quoted(statePath))*"))
        }
        // In a sticky folder nobody can replace what belongs to another.
        if place.folderMode & 0o002 != 0, place.folderMode & 0o1000 == 0 {
            findings.append(
                Finding(
                    .error, "state-open", at: place.path,
                    "every user of this machine may replace the state in its folder",
                    remedy: "chmod o-w \(ShellWord.quoted(place.path))"))
        }
        return findings
    }

    // MARK: what a node here needs

    static func lowPort(_ socket: ListenAddress, _ facts: HostFacts) -> [Finding] {
        guard socket.port < facts.firstFreePort, !facts.mayBindLowPorts, facts.envoy?.hasCapabilities != true else {
            return []
        }
        return [
            Finding(
                .error, "low-port", at: socket.description,
                "ports below \(facts.firstFreePort) need the capability CAP_NET_BIND_SERVICE, which this user lacks: Envoy could not listen",
                remedy:
                    "run the node by the unit signalbox-node@.service, which has it, or choose a port from \(facts.firstFreePort)"
            )
        ]
    }

    static func absent(_ socket: ListenAddress, _ facts: HostFacts) -> [Finding] {
        guard !facts.has(socket.address) else { return [] }
        return [
            Finding(
                .error, "address-absent", at: socket.description,
                "no interface of this machine has \(socket.address): Envoy could not listen",
                remedy:
                    "ip address add \(socket.address)/\(socket.address.contains(":") ? 128 : 32) dev lo, or give an address of this machine"
            )
        ]
    }

    static func envoy(_ facts: HostFacts) -> [Finding] {
        guard let envoy = facts.envoy else { return [] }
        guard let version = envoy.printed.flatMap(EnvoyVersion.init(printed:)) else {
            return [
                Finding(
                    .error, "envoy-unusable", at: envoy.path, "it does not run, or does not say which Envoy it is",
                    remedy: "name an Envoy \(EnvoyVersion.supported) with --envoy or SIGNALBOX_ENVOY")
            ]
        }
        guard !version.isSupported else { return [] }
        return [
            Finding(
                .warning, "envoy-untested", at: envoy.path,
                "it is Envoy \(version); this program and its module were tested with \(EnvoyVersion.supported), and node run takes no other",
                remedy: "install Envoy \(EnvoyVersion.supported)")
        ]
    }

    /// A machine on which no node is to run needs no module.
    static func module(_ facts: HostFacts, isNode: Bool) -> [Finding] {
        guard let module = facts.module else {
            guard isNode else { return [] }
            return [
                Finding(
                    .error, "module-absent", at: "edge module",
                    "none is named and none is installed: no rule is carried out",
                    remedy: "make install, or name it with --module or SIGNALBOX_MODULE")
            ]
        }
        guard !facts.moduleIsReadable else { return [] }
        return [
            Finding(
                .error, "module-absent", at: module, "it is not there, or cannot be read",
                remedy: "make install, or name another with --module or SIGNALBOX_MODULE")
        ]
    }
}
