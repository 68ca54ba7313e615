import Glibc
import Synchronization

/// Finds TCP ports that nobody listens on and keeps other test processes of this machine from taking the same.
package enum FreePort {
    /// `count` different ports, each free on all the given loopback addresses. They stay ours until the process ends.
    ///
    /// They lie below the range from which the kernel takes the ports of outgoing connections (32768 and up), because
    /// one of those could be taken between this call and the server's start. Throws ``NoneLeft``.
    package static func pick(_ count: Int = 1, on hosts: [String] = ["127.0.0.1"]) throws(NoneLeft) -> [Int] {
        var found: [Int] = []
        var tries = 0
        while found.count < count {
            tries += 1
            if tries > 5_000 { throw NoneLeft(hosts: hosts) }
            let port = Int.random(in: 15_000..<32_000)
            guard reserve(port) else { continue }
            if hosts.allSatisfy({ isFree(HostPort($0, port)) }) { found.append(port) }
        }
        return found
    }

    /// One free port on one address.
    package static func one(on host: String = "127.0.0.1") throws(NoneLeft) -> HostPort {
        guard let port = try pick(1, on: [host]).first else { throw NoneLeft(hosts: [host]) }
        return HostPort(host, port)
    }

    /// Whether a server could listen there now: nobody answers and the address can be bound.
    package static func isFree(_ address: HostPort) -> Bool {
        address.withSocketAddress { family, pointer, size in
            let probe = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            guard probe >= 0 else { return false }
            defer { close(probe) }
            // Without this a port that a finished test left in TIME_WAIT would look taken; a listener still refuses.
            var one: Int32 = 1
            setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
            return bind(probe, pointer, size) == 0 && listen(probe, 1) == 0
        } ?? false
    }

    package struct NoneLeft: Error, CustomStringConvertible {
        package let hosts: [String]
        package var description: String { "no free TCP port found on \(hosts.joined(separator: ", "))" }
    }

    private static let reservations = Mutex<[Int32]>([])

    /// Claims the number machine-wide by binding a socket of that name in the abstract namespace: the kernel frees it
    /// when the process ends, however it ends, and no file is left over.
    private static func reserve(_ port: Int) -> Bool {
        let claim = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard claim >= 0 else { return false }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name: [UInt8] = [0] + Array("signalbox-test-port-\(port)".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(claim, $0, size) }
        }
        guard bound == 0 else {
            close(claim)
            return false
        }
        reservations.withLock { $0.append(claim) }
        return true
    }
}
