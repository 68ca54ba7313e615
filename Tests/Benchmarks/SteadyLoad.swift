import Glibc
import TestKit

/// A closed loop over kept connections, on one thread: each connection sends its next request when its answer is
/// complete. It looks at no more of an answer than it must, so that it takes little of the processor.
struct SteadyLoad {
    /// One connection and what is still to come of its answer.
    private struct Lane {
        let connection: RawHTTPConnection
        /// Bytes of a head that is not complete.
        var head: [UInt8] = []
        /// Bytes of the body that are missing; nil within a head.
        var missing: Int?
        /// When the request on its way was sent, in nanoseconds.
        var sentAt: UInt64 = 0
    }

    struct Unusable: Error, CustomStringConvertible {
        let description: String
    }

    private var lanes: [Lane] = []
    private let request: [UInt8]
    private var scratch = [UInt8](repeating: 0, count: 64 * 1024)

    /// Opens the connections. Throws ``SocketFailure``.
    init(to address: HostPort, connections: Int, request: [UInt8]) throws {
        self.request = request
        for _ in 0..<connections { lanes.append(Lane(connection: try RawHTTPConnection(to: address))) }
    }

    /// Sends so many requests over all connections and takes their answers, all of which have to be 200.
    /// - Returns: how long each took from its sending to its answer's last byte.
    @discardableResult
    mutating func run(requests: Int) throws -> LatencyHistogram {
        var (sent, answered) = (0, 0)
        var times = LatencyHistogram()
        for index in lanes.indices where sent < requests {
            try send(index)
            sent += 1
        }
        var entries = lanes.map { pollfd(fd: $0.connection.descriptor, events: Int16(POLLIN), revents: 0) }
        while answered < requests {
            guard poll(&entries, nfds_t(entries.count), 5_000) > 0 else {
                throw Unusable(description: "no answer within five seconds")
            }
            for index in entries.indices where entries[index].revents != 0 {
                guard try receive(index) else { continue }
                answered += 1
                times.record(nanoseconds: Monotonic.nanoseconds() &- lanes[index].sentAt)
                guard sent < requests else { continue }
                try send(index)
                sent += 1
            }
        }
        return times
    }

    private mutating func send(_ index: Int) throws {
        lanes[index].sentAt = Monotonic.nanoseconds()
        try lanes[index].connection.send(request)
    }

    /// Reads what is there; true when the answer is complete.
    private mutating func receive(_ index: Int) throws -> Bool {
        let count = recv(lanes[index].connection.descriptor, &scratch, scratch.count, 0)
        if count < 0, errno == EAGAIN || errno == EINTR { return false }
        guard count > 0 else { throw Unusable(description: "the connection ended while an answer was due") }
        var body = count
        if lanes[index].missing == nil {
            lanes[index].head += scratch[..<count]
            guard let end = Self.end(of: lanes[index].head) else { return false }
            lanes[index].missing = try Self.bodyLength(lanes[index].head[..<end])
            body = lanes[index].head.count - end
            lanes[index].head.removeAll(keepingCapacity: true)
        }
        let missing = (lanes[index].missing ?? 0) - body
        guard missing >= 0 else { throw Unusable(description: "more bytes than were promised") }
        lanes[index].missing = missing == 0 ? nil : missing
        return missing == 0
    }

    /// One past the empty line that ends a head.
    private static func end(of head: [UInt8]) -> Int? {
        head.withUnsafeBytes { bytes in
            var index = 3
            while index < bytes.count {
                if bytes[index] == 10, bytes[index - 1] == 13, bytes[index - 2] == 10, bytes[index - 3] == 13 {
                    return index + 1
                }
                index += 1
            }
            return nil
        }
    }

    private static func bodyLength(_ head: ArraySlice<UInt8>) throws -> Int {
        let isGood = head.starts(with: "HTTP/1.1 200 ".utf8)
        let name = Array("content-length: ".utf8)
        var line = head.startIndex
        while isGood, let end = head[line...].firstIndex(of: 10) {
            let field = head[line..<end]
            if field.count > name.count, zip(field, name).allSatisfy({ $0 | 0x20 == $1 }) {
                return field.dropFirst(name.count).reduce(0) { $1 == 13 ? $0 : $0 &* 10 &+ Int($1) &- 48 }
            }
            line = end + 1
        }
        throw Unusable(description: "not a 200 with a length: \(String(decoding: head.prefix(400), as: UTF8.self))")
    }
}
