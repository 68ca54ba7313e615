import Glibc

/// Why an exchange over a socket failed, told apart because they mean different things to a load test.
package enum SocketFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// No connection: refused, unreachable, or the client ran out of ports.
    case connect(Int32)
    /// The other side cut the connection with a reset while an answer was due.
    case reset
    /// The other side closed before the answer was complete.
    case aborted
    case timedOut
    /// The answer is not HTTP/1.1.
    case malformed(String)
    /// Any other error of the socket.
    case other(Int32)

    package var description: String {
        switch self {
        case .connect(let code): "cannot connect: \(String(cString: strerror(code)))"
        case .reset: "the connection was reset while an answer was due"
        case .aborted: "the connection closed before the answer was complete"
        case .timedOut: "no complete answer in time"
        case .malformed(let reason): reason
        case .other(let code): "socket error: \(String(cString: strerror(code)))"
        }
    }
}

/// A blocking keep-alive connection for exact bytes; use it from a thread of ``Blocking``, by one thread at a time.
package final class RawHTTPConnection {
    /// The socket, for callers that wait on several things at once.
    package let descriptor: Int32
    private var parser = WireParser(.responses)
    private var scratch = [UInt8](repeating: 0, count: 16 * 1024)

    /// Connects. Throws ``SocketFailure/connect(_:)`` or ``SocketFailure/timedOut``.
    package init(
        to server: HostPort, source: String? = nil, within limit: Duration = .seconds(10)
    ) throws(SocketFailure) {
        let family = server.withSocketAddress { family, _, _ in family } ?? AF_INET
        let descriptor = socket(
            family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw .connect(errno) }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        do throws(SocketFailure) {
            if let source {
                let bound = HostPort(source, 0).withSocketAddress { _, address, size in bind(descriptor, address, size)
                }
                guard bound == 0 else { throw .connect(errno) }
            }
            try Self.connect(descriptor, to: server, deadline: Self.deadline(limit))
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// Sends one request and reads its answer. A request cut off by an early answer still gives that answer.
    package func exchange(_ bytes: [UInt8], within limit: Duration = .seconds(10)) throws(SocketFailure)
        -> RawHTTPResponse
    {
        let deadline = Self.deadline(limit)
        var sendFailure: SocketFailure?
        do throws(SocketFailure) { try send(bytes, deadline: deadline) } catch { sendFailure = error }
        do throws(SocketFailure) {
            return try receive(answersHead: bytes.starts(with: Array("HEAD ".utf8)), deadline: deadline)
        } catch {
            throw sendFailure ?? error
        }
    }

    /// Sends bytes without waiting for an answer.
    package func send(_ bytes: [UInt8], within limit: Duration = .seconds(10)) throws(SocketFailure) {
        try send(bytes, deadline: Self.deadline(limit))
    }

    /// Reads the next answer; interim answers (1xx) are passed over.
    package func receive(
        answersHead: Bool = false, within limit: Duration = .seconds(10)
    ) throws(SocketFailure) -> RawHTTPResponse {
        try receive(answersHead: answersHead, deadline: Self.deadline(limit))
    }

    /// Tells the server that no more bytes come; it can still answer.
    package func finishSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Whether the other side has closed or reset the idle connection, or sent what nobody asked for.
    package var isStale: Bool {
        var byte: UInt8 = 0
        let seen = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return seen >= 0 || errno != EAGAIN
    }

    private func send(_ bytes: [UInt8], deadline: UInt64) throws(SocketFailure) {
        var sent = 0
        while sent < bytes.count {
            let written = bytes.withUnsafeBytes { raw in
                Glibc.send(descriptor, raw.baseAddress?.advanced(by: sent), raw.count - sent, Int32(MSG_NOSIGNAL))
            }
            if written >= 0 {
                sent += written
            } else if errno == EAGAIN {
                try Self.wait(descriptor, for: Int16(POLLOUT), deadline: deadline)
            } else if errno != EINTR {
                throw Self.failure(errno)
            }
        }
    }

    private func receive(answersHead: Bool, deadline: UInt64) throws(SocketFailure) -> RawHTTPResponse {
        var head: WireHead?
        var body: [UInt8] = []
        parser.answersHead = answersHead
        while true {
            switch try event(deadline: deadline) {
            case .head(let next): head = next
            case .body(let bytes): body += bytes
            case .end:
                guard let done = head else { throw .aborted }
                if let status = done.status, status < 200, status != 101 {
                    parser.answersHead = answersHead
                    continue
                }
                return RawHTTPResponse(head: done, body: body)
            }
        }
    }

    private func event(deadline: UInt64) throws(SocketFailure) -> WireParser.Event {
        while true {
            do throws(WireParser.Malformed) {
                if let event = try parser.next() { return event }
            } catch {
                throw .malformed(error.description)
            }
            try Self.wait(descriptor, for: Int16(POLLIN), deadline: deadline)
            let count = recv(descriptor, &scratch, scratch.count, 0)
            if count > 0 {
                parser.append(scratch[..<count])
            } else if count == 0 {
                guard let event = try? parser.close() else { throw .aborted }
                return event
            } else if errno != EINTR && errno != EAGAIN {
                throw Self.failure(errno)
            }
        }
    }

    private static func connect(_ descriptor: Int32, to server: HostPort, deadline: UInt64) throws(SocketFailure) {
        let outcome = server.withSocketAddress { _, address, size in Glibc.connect(descriptor, address, size) }
        guard let outcome else { throw .connect(EINVAL) }
        if outcome == 0 { return }
        guard errno == EINPROGRESS else { throw .connect(errno) }
        try wait(descriptor, for: Int16(POLLOUT), deadline: deadline)
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        if code != 0 { throw .connect(code) }
    }

    private static func wait(_ descriptor: Int32, for events: Int16, deadline: UInt64) throws(SocketFailure) {
        while true {
            let now = Monotonic.nanoseconds()
            guard now < deadline else { throw .timedOut }
            var entry = pollfd(fd: descriptor, events: events, revents: 0)
            let milliseconds = min((deadline - now) / 1_000_000 + 1, 60_000)
            if poll(&entry, 1, Int32(milliseconds)) > 0 { return }
        }
    }

    private static func failure(_ code: Int32) -> SocketFailure {
        code == ECONNRESET || code == EPIPE ? .reset : .other(code)
    }

    private static func deadline(_ limit: Duration) -> UInt64 {
        let (sum, overflow) = Monotonic.nanoseconds().addingReportingOverflow(limit.nanosecondsClamped)
        return overflow ? .max : sum
    }
}
