import Glibc

/// One session with an SMTP server: what a sending host says, and the answers as they came.
package final class SMTPClient: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let what: String
        package var description: String { what }
    }

    /// What one message came to.
    package struct Outcome: Sendable, Hashable {
        /// The reply to `MAIL FROM`.
        package var sender = ""
        /// The reply to each recipient, in order.
        package var recipients: [String] = []
        /// The reply to the end of the data; nil when it was not sent, as no recipient was taken.
        package var data: String?
    }

    /// Sends one message over a connection of its own. Lines of `text` end with a line feed.
    package static func send(
        to server: HostPort, from sender: String, recipients: [String], text: String = "Subject: hi\n\nbody\n",
        seconds: Int = 60
    ) async throws -> Outcome {
        try await Blocking.run {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            defer { close(descriptor) }
            var patience = timeval(tv_sec: seconds, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            guard server.withSocketAddress({ _, pointer, size in connect(descriptor, pointer, size) == 0 }) == true
            else {
                throw Failure(what: "cannot connect to \(server)")
            }
            var lines = SMTPLine(descriptor)
            _ = try reply(&lines)
            _ = try ask(&lines, "EHLO client.test")
            var outcome = Outcome()
            outcome.sender = try ask(&lines, "MAIL FROM:<\(sender)>")
            for recipient in recipients { outcome.recipients.append(try ask(&lines, "RCPT TO:<\(recipient)>")) }
            if outcome.recipients.contains(where: { $0.hasPrefix("2") }) {
                let ready = try ask(&lines, "DATA")
                guard ready.hasPrefix("354") else {
                    outcome.data = ready
                    return outcome
                }
                let body = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                    (line.hasPrefix(".") ? "." : "") + line
                }
                outcome.data = try ask(&lines, body.joined(separator: "\r\n") + ".")
            }
            // The message is theirs by now: whoever sends it again because of what follows has doubled it himself.
            _ = try? ask(&lines, "QUIT")
            return outcome
        }
    }

    private static func ask(_ lines: inout SMTPLine, _ command: String) throws -> String {
        guard lines.write(command + "\r\n") else {
            throw Failure(what: "the server closed before \(command.prefix(40))")
        }
        return try reply(&lines)
    }

    /// All lines of one reply, joined by line feeds.
    private static func reply(_ lines: inout SMTPLine) throws -> String {
        var text: [String] = []
        while let line = lines.read() {
            text.append(line)
            if line.dropFirst(3).first != "-" { return text.joined(separator: "\n") }
        }
        throw Failure(what: "the server closed or was silent; so far it said: \(text)")
    }
}
