import Glibc
import Synchronization
import TestKit

/// An origin that answers every request with the same bytes, on one thread of this process: as cheap as an origin can
/// be, so that the edge in front of it is what is busy.
///
/// It understands requests without a body only, and does not look into them. It ends with the value.
final class FixedOrigin: Sendable {
    let address: HostPort
    private let listener: Int32
    private let stopping = Atomic(false)

    /// - Parameter bodyLength: bytes of the answer's body.
    init(bodyLength: Int = 512) throws {
        let address = try FreePort.one()
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw SocketFailure.other(errno) }
        let bound = address.withSocketAddress { _, pointer, size in bind(listener, pointer, size) }
        guard bound == 0, listen(listener, 128) == 0 else {
            let code = errno
            Glibc.close(listener)
            throw SocketFailure.other(code)
        }
        (self.address, self.listener) = (address, listener)
        let head =
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nx-origin: fixed\r\ncontent-length: \(bodyLength)\r\n\r\n"
        let answer = Array(head.utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: bodyLength)
        Blocking.detach { [weak self] in
            Self.serve(listener, answer) { self?.stopping.load(ordering: .relaxed) ?? true }
        }
    }

    deinit { stop() }

    /// Its thread ends within a quarter of a second, and the connections with it.
    func stop() { stopping.store(true, ordering: .relaxed) }

    private static func serve(_ listener: Int32, _ answer: [UInt8], until mustStop: () -> Bool) {
        var entries = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
        /// How much of the empty line that ends a request has been seen, a connection.
        var matched = [0]
        var scratch = [UInt8](repeating: 0, count: 64 * 1024)
        while !mustStop() {
            guard poll(&entries, nfds_t(entries.count), 250) > 0 else { continue }
            for index in entries.indices.dropFirst().reversed() where entries[index].revents != 0 {
                let descriptor = entries[index].fd
                let count = recv(descriptor, &scratch, scratch.count, 0)
                var isGood = count > 0
                for byte in scratch[..<max(0, count)] where isGood {
                    matched[index] =
                        byte == (matched[index] % 2 == 0 ? 13 : 10) ? matched[index] + 1 : byte == 13 ? 1 : 0
                    guard matched[index] == 4 else { continue }
                    matched[index] = 0
                    // Answers are far smaller than a socket's buffer: a short write is a client that does not read.
                    isGood = send(descriptor, answer, answer.count, Int32(MSG_NOSIGNAL)) == answer.count
                }
                guard !isGood else { continue }
                Glibc.close(descriptor)
                entries.remove(at: index)
                matched.remove(at: index)
            }
            guard entries[0].revents != 0 else { continue }
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { continue }
            var one: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
            entries.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
            matched.append(0)
        }
        for entry in entries { Glibc.close(entry.fd) }
    }
}
