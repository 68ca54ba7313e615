import Glibc
import Synchronization

/// A name server over UDP and TCP on one loopback port, which says what it was told to say and counts what it was asked.
package final class DNSServer: Sendable {
    package struct Record: Sendable {
        let owner: String
        let type: UInt16
        let data: [UInt8]

        package static func mx(_ owner: String, _ preference: UInt16, _ host: String) -> Record {
            Record(owner: owner, type: 15, data: bytes(preference) + name(host))
        }

        package static func txt(_ owner: String, _ texts: String...) -> Record {
            Record(owner: owner, type: 16, data: texts.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) })
        }

        package static func cname(_ owner: String, _ target: String) -> Record {
            Record(owner: owner, type: 5, data: name(target))
        }
    }

    /// What is answered for a name and type.
    package enum Answer: Sendable {
        case records([Record])
        /// Another response code: 2 for a failure, 3 for no such name.
        case code(UInt8)
        /// Cut off over UDP; these over TCP.
        case long([Record])
        /// Cut off over UDP, and nothing over TCP.
        case cut
        /// First an answer with another id, then one to another question, then the true one.
        case forged(Record, then: [Record])
        case silence
    }

    package let address: HostPort
    private let sockets: [Int32]
    private let answers: Mutex<[String: Answer]>
    private let asked = Mutex([String]())

    /// - Parameter answers: by name and number of the type, as `example.com 15`; anything else does not exist.
    package init(_ answers: [String: Answer]) throws {
        self.answers = Mutex(answers)
        address = try FreePort.one()
        var sockets: [Int32] = []
        for kind in [SOCK_DGRAM, SOCK_STREAM] {
            let descriptor = socket(AF_INET, Int32(kind.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var one: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
            sockets.append(descriptor)
            let isBound = address.withSocketAddress { _, pointer, size in
                bind(descriptor, pointer, size) == 0 && (kind == SOCK_DGRAM || listen(descriptor, 16) == 0)
            }
            guard isBound == true else {
                for descriptor in sockets { close(descriptor) }
                throw MailSink.Failure(what: "cannot listen on \(address)")
            }
        }
        self.sockets = sockets
        let (datagrams, streams) = (sockets[0], sockets[1])
        Blocking.detach { [weak self] in Self.serveDatagrams(datagrams) { self?.replies(to: $0, overTCP: false) } }
        Blocking.detach { [weak self] in Self.serveStreams(streams) { self?.replies(to: $0, overTCP: true) } }
    }

    deinit {
        for descriptor in sockets {
            shutdown(descriptor, Int32(SHUT_RDWR))
            close(descriptor)
        }
    }

    /// `udp example.com 15`, in the order they came.
    package var questions: [String] { asked.withLock { $0 } }

    private static func serveDatagrams(_ descriptor: Int32, _ replies: ([UInt8]) -> [[UInt8]]?) {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            var sender = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let count = withUnsafeMutableBytes(of: &sender) { bytes in
                recvfrom(
                    descriptor, &buffer, buffer.count, 0, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                    &size)
            }
            guard count > 0, let found = replies(Array(buffer[..<count])) else { return }
            for reply in found {
                _ = withUnsafeBytes(of: sender) { bytes in
                    sendto(
                        descriptor, reply, reply.count, 0, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                        size)
                }
            }
        }
    }

    private static func serveStreams(_ descriptor: Int32, _ replies: ([UInt8]) -> [[UInt8]]?) {
        while true {
            let client = accept(descriptor, nil, nil)
            guard client >= 0 else { return }
            defer { close(client) }
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 2, let found = replies(Array(buffer[2..<count])) else { continue }
            for reply in found {
                let message = bytes(UInt16(reply.count)) + reply
                _ = send(client, message, message.count, Int32(MSG_NOSIGNAL))
            }
        }
    }

    private func replies(to question: [UInt8], overTCP: Bool) -> [[UInt8]]? {
        guard question.count > 16, let (name, end) = Self.readName(question) else { return [] }
        let key = "\(name) \(Int(question[end]) << 8 | Int(question[end + 1]))"
        asked.withLock { $0.append((overTCP ? "tcp " : "udp ") + key) }
        func reply(_ records: [Record] = [], code: UInt8 = 0, cut: Bool = false, id: [UInt8]? = nil) -> [UInt8] {
            var message = id ?? Array(question[..<2])
            // Recursion was desired and is available.
            message += [cut ? 0x83 : 0x81, 0x80 | code, 0, 1]
            message += bytes(UInt16(records.count))
            message += [0, 0, 0, 0]
            message += question[12..<(end + 4)]
            for record in records {
                message += DNSServer.name(record.owner) + bytes(record.type)
                message += [0, 1, 0, 0, 0, 60]
                message += bytes(UInt16(record.data.count)) + record.data
            }
            return message
        }
        switch answers.withLock({ $0[key] }) {
        case .records(let records)?: return [reply(records)]
        case .code(let code)?: return [reply(code: code)]
        case .long(let records)?: return [overTCP ? reply(records) : reply(cut: true)]
        case .cut?: return overTCP ? [] : [reply(cut: true)]
        case .forged(let lie, let records)?:
            let other = [question[0] ^ 0xFF, question[1]]
            var stranger = reply([lie])
            // Another letter of the name that was asked.
            stranger[13] ^= 0x01
            return [reply([lie], id: other), stranger, reply(records)]
        case .silence?: return []
        case nil: return [reply(code: 3)]
        }
    }

    private static func readName(_ question: [UInt8]) -> (String, end: Int)? {
        var (place, labels) = (12, [String]())
        while place < question.count, question[place] > 0 {
            let end = place + 1 + Int(question[place])
            guard end < question.count else { return nil }
            labels.append(String(decoding: question[(place + 1)..<end], as: UTF8.self))
            place = end
        }
        return place + 5 <= question.count ? (labels.joined(separator: "."), place + 1) : nil
    }

    fileprivate static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }
}

private func bytes(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
private func name(_ text: String) -> [UInt8] { DNSServer.name(text) }
