/// A line of Postfix's log, as far as it tells what became of a message.
///
/// Source: the lines of smtpd, cleanup, qmgr and the delivery agents of Postfix 3.7, `status=` lines by log_adhoc(3).
/// Read byte by byte: a busy server writes some ten lines a message, and every mark in them is ASCII.
package enum PostfixLogLine: Sendable, Hashable {
    /// A recipient's fate at a delivery agent.
    case delivery(Delivery)
    /// A recipient or a message that was refused while the client waited.
    case refusal(Refusal)
    /// What the policy service gave Postfix to write down when the client began to send the message.
    case note(queueID: String, text: String, sender: String, client: String)
    /// The message is in the queue, with all its recipients; also written when Postfix tries it again.
    case queued(queueID: String, sender: String, size: Int, recipients: Int)
    case messageID(queueID: String, String)
    case removed(queueID: String)

    package struct Delivery: Sendable, Hashable {
        package enum Status: String, Sendable, Hashable, CaseIterable {
            case sent, deferred, bounced, expired, undeliverable
        }

        package let agent: String
        package let queueID: String
        package let recipient: String
        /// The recipient before any alias; the same as ``recipient`` where there was none.
        package let originalRecipient: String
        package let relay: String
        /// Seconds since the message came.
        package let delay: Double
        package let dsn: String
        package let status: Status
        /// What the other side, or Postfix, said.
        package let words: String
    }

    package struct Refusal: Sendable, Hashable {
        /// Nil where the client was refused before there was a message.
        package let queueID: String?
        package let stage: String
        package let client: String
        /// Reply code; 0 where the line has none.
        package let code: Int
        package let dsn: String
        package let words: String
        package let sender: String
        package let recipient: String
    }

    /// Nil for a line that is not one of Postfix's, or tells nothing of the above.
    package init?(_ line: Substring) {
        guard let (agent, text) = Self.message(of: line.utf8), let (id, rest) = text.cut(at: ": ") else { return nil }
        let isNoQueue = id.elementsEqual("NOQUEUE".utf8)
        guard isNoQueue || (id.count >= 6 && id.allSatisfy(Self.isAlphanumeric)) else { return nil }
        if let refused = rest.dropping("reject: ") ?? rest.dropping("milter-reject: ") {
            guard let refusal = Self.refusal(queueID: isNoQueue ? nil : id.text, refused) else { return nil }
            self = .refusal(refusal)
            return
        }
        guard !isNoQueue else { return nil }
        if let recipient = rest.dropping("to=") {
            guard let delivery = Self.delivery(agent: agent.text, queueID: id.text, recipient) else { return nil }
            self = .delivery(delivery)
        } else if let told = rest.dropping("info: DATA from ") {
            guard let note = Self.note(queueID: id.text, told) else { return nil }
            self = note
        } else if let from = rest.dropping("from="), rest.suffix(Self.active.count).elementsEqual(Self.active) {
            guard let (sender, tail) = Self.bracketed(from) else { return nil }
            let fields = Self.fields(tail)
            self = .queued(
                queueID: id.text, sender: sender, size: fields["size"].flatMap { Int($0) } ?? 0,
                recipients: fields["nrcpt"].flatMap { Int($0.prefix { $0 != " " }) } ?? 0)
        } else if let messageID = rest.dropping("message-id=") {
            self = .messageID(queueID: id.text, messageID.text)
        } else if rest.elementsEqual("removed".utf8) {
            self = .removed(queueID: id.text)
        } else {
            return nil
        }
    }

    package var queueID: String? {
        switch self {
        case .delivery(let delivery): delivery.queueID
        case .refusal(let refusal): refusal.queueID
        case .note(let id, _, _, _), .queued(let id, _, _, _), .messageID(let id, _), .removed(let id): id
        }
    }
}

extension PostfixLogLine {
    private typealias Bytes = Substring.UTF8View

    private static let active = " (queue active)".utf8

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// The part after `postfix/AGENT[PID]: `, whatever the syslog name and the time's format.
    private static func message(of line: Bytes) -> (agent: Bytes, text: Bytes)? {
        guard let (head, text) = line.cut(at: "]: "), let open = head.lastIndex(of: UInt8(ascii: "[")),
            let slash = head[..<open].lastIndex(of: UInt8(ascii: "/"))
        else { return nil }
        return (head[..<open][slash...].dropFirst(), text)
    }

    /// `<a>, orig_to=<b>, relay=…, …, status=sent (words)`.
    private static func delivery(agent: String, queueID: String, _ text: Bytes) -> Delivery? {
        guard let (recipient, afterTo) = bracketed(text) else { return nil }
        var rest = afterTo
        var original = recipient
        if let alias = rest.dropping(", orig_to=") {
            guard let (address, tail) = bracketed(alias) else { return nil }
            (original, rest) = (address, tail)
        }
        // The words may hold anything, also text that looks like a field: fields are read before them only.
        guard let (before, tail) = rest.cut(at: ", status=") else { return nil }
        let fields = fields(before)
        guard let status = Delivery.Status(rawValue: tail.prefix { $0 != UInt8(ascii: " ") }.text) else { return nil }
        let words = tail.drop { $0 != UInt8(ascii: "(") }.dropFirst()
        return Delivery(
            agent: agent, queueID: queueID, recipient: recipient, originalRecipient: original,
            relay: fields["relay"] ?? "none", delay: fields["delay"].flatMap { Double($0) } ?? 0,
            dsn: fields["dsn"] ?? "", status: status,
            words: (words.last == UInt8(ascii: ")") ? words.dropLast() : words).text)
    }

    /// `RCPT from host[ip]: 550 5.7.1 <to>: words; from=<a> to=<b> proto=ESMTP helo=<c>`.
    private static func refusal(queueID: String?, _ text: Bytes) -> Refusal? {
        guard let (stage, from) = text.cut(at: " from "), let (host, told) = from.cut(at: "]: ") else { return nil }
        let (words, envelope) = envelope(told)
        var rest = words
        var code = 0
        if let number = Int(rest.prefix(3).text), (400...599).contains(number),
            rest.dropFirst(3).first == UInt8(ascii: " ")
        {
            code = number
            rest = rest.dropFirst(4)
        }
        let dsn = rest.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        rest = rest.dropFirst(dsn.count).drop { $0 == UInt8(ascii: " ") }
        return Refusal(
            queueID: queueID, stage: stage.text, client: client(host), code: code, dsn: dsn.text, words: rest.text,
            sender: envelope["from"] ?? "", recipient: envelope["to"] ?? "")
    }

    private static func note(queueID: String, _ text: Bytes) -> PostfixLogLine? {
        guard let (host, told) = text.cut(at: "]: ") else { return nil }
        let (words, envelope) = envelope(told)
        return .note(
            queueID: queueID, text: words.text, sender: envelope["from"] ?? "", client: client(host))
    }

    /// `host[ip` or `unknown[ip`: the address.
    private static func client(_ text: Bytes) -> String {
        (text.lastIndex(of: UInt8(ascii: "[")).map { text[$0...].dropFirst() } ?? text).text
    }

    /// What stands before `; from=<`, and the names behind it. The words begin with the address that was refused, which
    /// is the client's own text and may hold anything in quotes; it is stepped over first.
    private static func envelope(_ text: Bytes) -> (words: Bytes, fields: [String: String]) {
        let open = text.firstIndex(of: UInt8(ascii: "<")) ?? text.endIndex
        let behind = bracketed(text[open...])?.1 ?? text
        guard let (before, _) = behind.cut(at: "; from=<") ?? text.cut(at: "; from=<") else { return (text, [:]) }
        var fields: [String: String] = [:]
        func take(_ name: String, _ value: Bytes) -> Bytes {
            if let (address, rest) = bracketed(value) {
                fields[name] = fields[name] ?? address
                return rest.drop { $0 == UInt8(ascii: " ") }
            }
            let word = value.prefix { $0 != UInt8(ascii: " ") }
            fields[name] = fields[name] ?? word.text
            return value.dropFirst(word.count).drop { $0 == UInt8(ascii: " ") }
        }
        var rest = text[before.endIndex...].dropFirst(2)
        while let (name, value) = rest.cut(at: "=") { rest = take(name.text, value) }
        return (text[..<before.endIndex], fields)
    }

    /// The text between `<` and the `>` that ends the address; a quoted local part may hold a `>` of its own.
    private static func bracketed(_ text: Bytes) -> (String, Bytes)? {
        guard text.first == UInt8(ascii: "<") else { return nil }
        let inner = text.dropFirst()
        var isQuoted = false
        var isEscaped = false
        for (index, byte) in zip(inner.indices, inner) {
            if isEscaped {
                isEscaped = false
            } else if isQuoted, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == UInt8(ascii: ">"), !isQuoted {
                return (inner[..<index].text, inner[index...].dropFirst())
            }
        }
        return nil
    }

    /// `, name=value, name=value`.
    private static func fields(_ text: Bytes) -> [String: String] {
        var fields: [String: String] = [:]
        for part in text.split(separator: UInt8(ascii: ",")) {
            guard let (name, value) = part.drop(while: { $0 == UInt8(ascii: " ") }).cut(at: "=") else { continue }
            fields[name.text] = value.text
        }
        return fields
    }
}

extension Substring.UTF8View {
    fileprivate var text: String { String(Substring(self)) }

    /// What follows these letters; nil where it does not begin with them.
    fileprivate func dropping(_ letters: String) -> Self? {
        starts(with: letters.utf8) ? dropFirst(letters.utf8.count) : nil
    }

    /// What stands before and behind the first place of these letters, which are ASCII.
    fileprivate func cut(at letters: String) -> (before: Self, after: Self)? {
        guard let first = letters.utf8.first else { return nil }
        var rest = self
        while let index = rest.firstIndex(of: first) {
            if let after = rest[index...].dropping(letters) { return (self[..<index], after) }
            rest = rest[index...].dropFirst()
        }
        return nil
    }
}
