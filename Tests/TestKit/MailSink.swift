import Glibc
import Synchronization

/// An SMTP server that keeps every message it takes, on a loopback port of its own.
package final class MailSink: Sendable {
    package struct Message: Sendable, Hashable {
        package let sender: String
        package let recipients: [String]
        /// What came behind each recipient: `NOTIFY=… ORCPT=…`
        package let parameters: [String]
        /// Headers and body as they came, dots undone, lines ended by a line feed.
        package let text: String

        /// The value of the first header of that name, unfolded lines not joined.
        package func header(_ name: String) -> String? {
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.isEmpty { return nil }
                if line.lowercased().hasPrefix(name.lowercased() + ":") {
                    return String(line.dropFirst(name.utf8.count + 1).drop { $0 == " " })
                }
            }
            return nil
        }
    }

    private struct State {
        var messages: [Message] = []
        var replies: [String: String] = [:]
        var isClosed = false
    }

    package let address: HostPort
    private let descriptor: Int32
    private let state = Mutex(State())

    /// Throws ``FreePort/NoneLeft`` or ``Failure``.
    package init() throws {
        address = try FreePort.one()
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        let own = descriptor
        let isBound = address.withSocketAddress { _, pointer, size in
            bind(own, pointer, size) == 0 && listen(own, 64) == 0
        }
        guard isBound == true else {
            close(descriptor)
            throw Failure(what: "cannot listen on \(address)")
        }
        Blocking.detach { [weak self] in
            while true {
                let client = accept(own, nil, nil)
                guard client >= 0 else { return }
                guard let self, !self.state.withLock({ $0.isClosed }) else {
                    Glibc.close(client)
                    return
                }
                Blocking.detach { [weak self] in
                    SMTPLine.serve(client) {
                        self?.answer($0)
                    } keep: {
                        self?.keep($0)
                    }
                }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    package var messages: [Message] { state.withLock { $0.messages } }

    /// What a recipient gets instead of `250`: a whole reply line such as `451 4.2.0 full`; nil takes it back.
    package func reply(_ line: String?, to recipient: String) { state.withLock { $0.replies[recipient] = line } }

    private func answer(_ recipient: String) -> String? { state.withLock { $0.replies[recipient] } }
    private func keep(_ message: Message) { state.withLock { $0.messages.append(message) } }

    package struct Failure: Error, CustomStringConvertible {
        package let what: String
        package init(what: String) { self.what = what }
        package var description: String { what }
    }
}

/// Lines of SMTP over a blocking socket.
struct SMTPLine {
    let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// The next line without its end; nil when the other side has closed.
    mutating func read() -> String? {
        while true {
            if let end = buffer[start...].firstIndex(of: 0x0A) {
                let line = buffer[start..<end]
                start = end + 1
                return String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
            }
            buffer.removeFirst(start)
            start = 0
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            buffer += chunk[..<count]
        }
    }

    func write(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// The server's side of one connection.
    static func serve(
        _ descriptor: Int32, answer: (String) -> String?, keep: (MailSink.Message) -> Void
    ) {
        var lines = SMTPLine(descriptor)
        defer { close(descriptor) }
        guard lines.write("220 sink.test ESMTP\r\n") else { return }
        var sender = ""
        var recipients: [String] = []
        var parameters: [String] = []
        while let line = lines.read() {
            let verb = line.uppercased()
            var reply = "250 2.0.0 ok"
            if verb.hasPrefix("EHLO") {
                reply = "250-sink.test\r\n250-8BITMIME\r\n250-DSN\r\n250 SMTPUTF8"
            } else if verb.hasPrefix("MAIL FROM:") {
                (sender, recipients, parameters) = (path(line), [], [])
            } else if verb.hasPrefix("RCPT TO:") {
                let recipient = path(line)
                if let own = answer(recipient) {
                    reply = own
                } else {
                    recipients.append(recipient)
                    parameters.append(line.lastIndex(of: ">").map { String(line[$0...].dropFirst(2)) } ?? "")
                }
            } else if verb.hasPrefix("RSET") {
                (recipients, parameters) = ([], [])
            } else if verb == "DATA", recipients.isEmpty {
                reply = "554 5.5.1 no recipients"
            } else if verb == "DATA" {
                guard lines.write("354 go on\r\n"), let text = lines.readMessage() else { return }
                keep(MailSink.Message(sender: sender, recipients: recipients, parameters: parameters, text: text))
            } else if verb.hasPrefix("QUIT") {
                _ = lines.write("221 2.0.0 bye\r\n")
                return
            }
            guard lines.write(reply + "\r\n") else { return }
        }
    }

    private mutating func readMessage() -> String? {
        var text = ""
        while let line = read() {
            if line == "." { return text }
            text += line.hasPrefix(".") ? String(line.dropFirst()) : line
            text += "\n"
        }
        return nil
    }

    private static func path(_ line: String) -> String {
        guard let open = line.firstIndex(of: "<"), let close = line.lastIndex(of: ">"), open < close else { return "" }
        return String(line[line.index(after: open)..<close])
    }
}
