import FoundationEssentials
package import Glibc

/// What the kernel tells about processes of this machine.
package enum SystemProcess {
    /// Clock ticks between the machine's start and the process's: field 22 of proc_pid_stat(5); nil when it is gone.
    package static func startTime(of pid: pid_t) -> String? {
        // The second field is a name in parentheses, which may hold blanks.
        let fields = text("/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 19 ? String(fields[19]) : nil
    }

    /// Its arguments, separated by blanks.
    package static func commandLine(of pid: pid_t) -> String {
        text("/proc/\(pid)/cmdline").replacing("\0", with: " ")
    }

    /// `NAME=VALUE` lines of the environment it was started with.
    package static func environment(of pid: pid_t) -> String {
        text("/proc/\(pid)/environ").replacing("\0", with: "\n")
    }

    /// Processes that listen on an IPv4 address, found by the sockets they hold (proc_net(5), proc_pid_fd(5)).
    package static func listeners(on address: HostPort) -> Set<pid_t> {
        let sockets = listeningSockets(on: address)
        return Set(all.filter { pid in descriptors(of: pid).contains { sockets.contains($0) } })
    }

    /// Ids of all processes.
    package static var all: [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }
    }

    private static func descriptors(of pid: pid_t) -> [String] {
        let folder = "/proc/\(pid)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
    }

    /// As links of `/proc/PID/fd` name them. The table has addresses as little-endian hexadecimal numbers.
    private static func listeningSockets(on address: HostPort) -> Set<String> {
        var bytes: [String] = []
        for part in address.host.split(separator: ".").reversed() {
            bytes.append(hexadecimal(Int(part) ?? 0, digits: 2))
        }
        let local = bytes.joined() + ":" + hexadecimal(address.port, digits: 4)
        var found: Set<String> = []
        for line in text("/proc/net/tcp").split(separator: "\n") {
            let fields = line.split(separator: " ").map { String($0) }
            if fields.count > 9, fields[1] == local, fields[3] == "0A" { found.insert("socket:[\(fields[9])]") }
        }
        return found
    }

    private static func hexadecimal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    /// Files of `/proc` have no length beforehand. Empty when there is none.
    private static func text(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
