internal import EdgeModel
internal import Glibc
internal import Probes
internal import RulesLanguage

/// Asks resolvers over UDP, and over TCP what does not fit (RFC 7766). Blocking calls stand on a thread of their own.
struct DNSClient: DNSResolving {
    struct Server: Hashable, Sendable {
        var address: IPAddress
        var port: UInt16 = 53
    }

    /// Asked one after the other until one answers.
    var servers: [Server]
    /// Milliseconds for one try.
    var patience: Int32 = 2_000

    /// Aliases are followed by the resolver; their targets' records stand in the answer.
    func records(_ name: String, _ type: DNSType) async throws -> [DNSData] {
        try await OwnThread.run { try ask(name, type) }
    }

    private func ask(_ name: String, _ type: DNSType) throws -> [DNSData] {
        let id = UInt16.random(in: 0...UInt16.max)
        guard let question = DNSMessage.question(name, type, id: id) else {
            throw ErrorReport(.usage, at: name, "that is no domain name", remedy: "signalbox email domain list")
        }
        var trouble = "no resolver is known"
        func exchange(_ server: Server, _ kind: __socket_type) -> DNSAnswer? {
            self.exchange(question, server, kind) { DNSMessage.answer($0, to: name, type, id: id) }
        }
        for server in servers + servers {
            guard var answer = exchange(server, SOCK_DGRAM) else {
                trouble = "\(server.address) does not answer"
                continue
            }
            if answer.isTruncated {
                guard let whole = exchange(server, SOCK_STREAM) else {
                    trouble = "\(server.address) cuts its answer off and does not answer over TCP"
                    continue
                }
                answer = whole
            }
            switch answer.outcome {
            case .success: return answer.data(of: name)
            case .noSuchName: return []
            case .failure(let code): trouble = "\(server.address) answers with code \(code)"
            }
        }
        throw ErrorReport(
            .unavailable, at: "\(name) \(type)", "the name could not be looked up: \(trouble)",
            remedy: "signalbox email dns check --help; name a resolver with --server")
    }

    /// One message there and one back; nil when none came in time. Over UDP what is no answer to the question is passed
    /// over, as anybody can send it (RFC 5452 section 9.1).
    private func exchange(
        _ question: [UInt8], _ server: Server, _ kind: __socket_type, _ read: ([UInt8]) -> DNSAnswer?
    ) -> DNSAnswer? {
        let descriptor = socket(
            server.address.isIPv6 ? AF_INET6 : AF_INET, Int32(kind.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: Int(patience / 1000), tv_usec: Int(patience % 1000) * 1000)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        guard connect(descriptor, to: server) else { return nil }
        // Connected, so that only what comes from the server is taken.
        let isStream = kind == SOCK_STREAM
        let length = [UInt8(question.count >> 8), UInt8(question.count & 0xFF)]
        let sent = (isStream ? length : []) + question
        guard send(descriptor, sent, sent.count, Int32(MSG_NOSIGNAL)) == sent.count else { return nil }
        guard isStream else {
            var buffer = [UInt8](repeating: 0, count: 4096)
            for _ in 0..<Self.mostStrangers {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { return nil }
                if let answer = read(Array(buffer[..<count])) { return answer }
            }
            return nil
        }
        guard let head = bytes(descriptor, 2), let whole = bytes(descriptor, Int(head[0]) << 8 | Int(head[1])) else {
            return nil
        }
        return read(whole)
    }

    /// Messages that are passed over before the server is given up: each waits as long as the first.
    private static let mostStrangers = 16

    private func bytes(_ descriptor: Int32, _ count: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var chunk = [UInt8](repeating: 0, count: count - bytes.count)
            let got = recv(descriptor, &chunk, chunk.count, 0)
            guard got > 0 else { return nil }
            bytes += chunk[..<got]
        }
        return bytes
    }

    private func connect(_ descriptor: Int32, to server: Server) -> Bool {
        let (high, low) = (server.address.high, server.address.low)
        if server.address.isIPv6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = server.port.bigEndian
            withUnsafeMutableBytes(of: &address.sin6_addr) { bytes in
                for index in 0..<8 {
                    bytes[index] = UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * index))
                    bytes[index + 8] = UInt8(truncatingIfNeeded: low >> UInt64(56 - 8 * index))
                }
            }
            return connect(descriptor, address)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = server.port.bigEndian
        address.sin_addr.s_addr = UInt32(truncatingIfNeeded: low).bigEndian
        return connect(descriptor, address)
    }

    private func connect<T>(_ descriptor: Int32, _ address: T) -> Bool {
        withUnsafeBytes(of: address) { bytes in
            bytes.baseAddress.map {
                Glibc.connect(descriptor, $0.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count)) == 0
            } ?? false
        }
    }

    /// The machine's own resolvers, from `resolv.conf(5)`.
    static func systemServers(_ text: String) -> [Server] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split { $0 == " " || $0 == "\t" }
            guard words.count >= 2, words[0] == "nameserver" else { return nil }
            return IPAddress(String(words[1])).map { Server(address: $0) }
        }
    }

    /// `192.0.2.1`, `192.0.2.1:5353` or `[2001:db8::1]:53`.
    static func server(_ text: String) -> Server? {
        if let address = IPAddress(text) { return Server(address: address) }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return IPAddress(String(host)).map { Server(address: $0, port: port) }
    }
}
