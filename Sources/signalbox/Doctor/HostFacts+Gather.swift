internal import EdgeModel
internal import Glibc
internal import RulesLanguage

extension HostFacts {
    /// Looks at this machine. What cannot be found out is left at its default.
    static func gather(statePath: String, envoy: String?, module: String?) -> HostFacts {
        var facts = HostFacts()
        facts.place = place(of: statePath)
        facts.addresses = interfaceAddresses()
        if let text = line("/proc/sys/net/ipv4/ip_unprivileged_port_start"), let port = Int(text) {
            facts.firstFreePort = port
        }
        facts.mayBindLowPorts = hasCapability(bit: 10)
        facts.envoy = envoy.map { path in
            Program(
                path: path, printed: try? ChildProcess.output([path, "--version"], within: 20_000),
                hasCapabilities: ((try? ChildProcess.output(["getcap", path], within: 2000)) ?? nil)?
                    .contains("cap_net_bind_service") ?? false)
        }
        facts.module = module
        facts.moduleIsReadable = module.map { access($0, R_OK) == 0 } ?? false
        return facts
    }

    private static func place(of statePath: String) -> Place? {
        var folder = TextFile.parent(of: statePath)
        var info = stat()
        while stat(folder, &info) != 0 {
            let above = TextFile.parent(of: folder)
            guard above != folder else { return nil }
            folder = above
        }
        var system = statvfs()
        guard statvfs(folder, &system) == 0 else { return nil }
        let mounts = (try? TextFile.readIfPresent("/proc/self/mountinfo")) ?? nil
        let resolved = realpath(folder, nil)
        defer { free(resolved) }
        var state = stat()
        let isThere = stat(statePath, &state) == 0
        return Place(
            path: folder,
            fileSystem: fileSystem(
                of: resolved.map { String(cString: $0) } ?? folder, in: String(decoding: mounts ?? [], as: UTF8.self)),
            freeBytes: UInt64(system.f_bavail) * UInt64(system.f_frsize),
            freeFiles: system.f_files == 0 ? nil : UInt64(system.f_ffree), folderMode: info.st_mode & 0o7777,
            stateMode: isThere ? state.st_mode & 0o7777 : nil)
    }

    /// Kind of the file system that a path without links lies on: of the mount nearest to it, the last one where
    /// several lie over one another. Empty when the text does not tell.
    ///
    /// A line of mountinfo (proc(5)): `36 35 98:0 / /mount/point rw,noatime shared:1 - ext4 /dev/sda1 rw`; blanks in
    /// names are written in octal.
    static func fileSystem(of path: String, in mountinfo: String) -> String {
        var best = (length: -1, kind: "")
        for line in mountinfo.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 6, let dash = words.firstIndex(of: "-"), dash + 1 < words.count else { continue }
            let point = unescaped(words[4])
            let isAbove = point == "/" || path == point || path.hasPrefix(point + "/")
            if isAbove, point.utf8.count >= best.length { best = (point.utf8.count, String(words[dash + 1])) }
        }
        return best.kind
    }

    private static func unescaped(_ text: Substring) -> String {
        // The backslash last, or what it makes would be read once more.
        [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")].reduce(String(text)) {
            $0.replacing($1.0, with: $1.1)
        }
    }

    private static func interfaceAddresses() -> Set<String> {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var found: Set<String> = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard let address = entry.ifa_addr else { continue }
            let family = Int32(address.pointee.sa_family)
            guard family == AF_INET || family == AF_INET6 else { continue }
            let size = family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let code = getnameinfo(
                address, socklen_t(size), &text, socklen_t(text.count), nil, 0, Int32(NI_NUMERICHOST))
            guard code == 0 else { continue }
            // A link-local address comes with its interface behind a percent sign.
            let bytes = text.prefix { $0 != 0 && $0 != 37 }.map { UInt8(bitPattern: $0) }
            if let address = IPAddress(String(decoding: bytes, as: UTF8.self)) { found.insert(address.description) }
        }
        return found
    }

    /// Effective capabilities as proc(5) tells them: hexadecimal, one bit each.
    private static func hasCapability(bit: Int) -> Bool {
        guard let text = try? TextFile.readIfPresent("/proc/self/status") else { return false }
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        let hex = lines.first { $0.hasPrefix("CapEff:") }?.split(whereSeparator: { $0 == "\t" || $0 == " " }).last
        return hex.flatMap { UInt64($0, radix: 16) }.map { $0 >> UInt64(bit) & 1 == 1 } ?? false
    }

    private static func line(_ path: String) -> String? {
        guard let bytes = try? TextFile.readIfPresent(path) else { return nil }
        return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    }
}
