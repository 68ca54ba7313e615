import Glibc
import Synchronization
import TestKit

/// Passes TCP connections on to a server and counts the bytes that come back from it. Ends with the value.
final class CountingRelay: Sendable {
    let address: HostPort
    private let shared: Shared

    /// What its threads hold on to.
    private final class Shared: Sendable {
        let answered = Atomic<Int>(0)
        let isStopped = Atomic(false)
    }

    init(to server: HostPort) throws {
        let address = try FreePort.one()
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw SocketFailure.other(errno) }
        let bound = address.withSocketAddress { _, pointer, size in bind(listener, pointer, size) }
        guard bound == 0, listen(listener, 128) == 0 else {
            let code = errno
            close(listener)
            throw SocketFailure.other(code)
        }
        let shared = Shared()
        (self.address, self.shared) = (address, shared)
        Blocking.detach {
            var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            while !shared.isStopped.load(ordering: .relaxed) {
                guard poll(&entry, 1, 250) > 0 else { continue }
                let client = accept(listener, nil, nil)
                if client >= 0 { Blocking.detach { Self.pass(client, to: server, shared) } }
            }
            close(listener)
        }
    }

    deinit { shared.isStopped.store(true, ordering: .relaxed) }

    /// Bytes that came back from the server so far, over all connections.
    var answered: Int { shared.answered.load(ordering: .relaxed) }

    private static func pass(_ client: Int32, to server: HostPort, _ shared: Shared) {
        defer { close(client) }
        let upstream = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard upstream >= 0 else { return }
        defer { close(upstream) }
        guard server.withSocketAddress({ _, pointer, size in connect(upstream, pointer, size) }) == 0 else { return }
        for descriptor in [client, upstream] {
            var one: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        }
        var entries = [client, upstream].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var scratch = [UInt8](repeating: 0, count: 64 * 1024)
        while !shared.isStopped.load(ordering: .relaxed) {
            guard poll(&entries, 2, 250) > 0 else { continue }
            for (index, other) in [(0, upstream), (1, client)] where entries[index].revents != 0 {
                let count = recv(entries[index].fd, &scratch, scratch.count, 0)
                guard count > 0, write(scratch[..<count], to: other) else { return }
                if index == 1 { shared.answered.wrappingAdd(count, ordering: .relaxed) }
            }
        }
    }

    private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }
}
