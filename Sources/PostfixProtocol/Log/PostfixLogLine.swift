/// A line of Postfix's log, as far as it tells what became of a message.
///
/// Source: the lines of smtpd, cleanup, qmgr and the delivery agents of Postfix 3.7, `status=` lines by log_adhoc(3).
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
        guard let message = Self.message(of: line) else { return nil }
        let (agent, text) = message
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let id = text[..<colon]
        let rest = text[colon...].dropFirst(2)
        let isQueueID = id != "NOQUEUE" && id.utf8.count >= 6 && id.utf8.allSatisfy(Self.isAlphanumeric)
        guard isQueueID || id == "NOQUEUE" else { return nil }
        if rest.hasPrefix("reject: ") || rest.hasPrefix("milter-reject: ") {
            guard let refusal = Self.refusal(queueID: isQueueID ? String(id) : nil, rest) else { return nil }
            self = .refusal(refusal)
            return
        }
        guard isQueueID else { return nil }
        if rest.hasPrefix("to=<") {
            guard let delivery = Self.delivery(agent: String(agent), queueID: String(id), rest) else { return nil }
            self = .delivery(delivery)
        } else if rest.hasPrefix("info: DATA from ") {
            guard let note = Self.note(queueID: String(id), rest.dropFirst(16)) else { return nil }
            self = note
        } else if rest.hasPrefix("from=<"), rest.hasSuffix(" (queue active)") {
            guard let (sender, tail) = Self.bracketed(rest.dropFirst(5)) else { return nil }
            let fields = Self.fields(tail)
            self = .queued(
                queueID: String(id), sender: sender, size: fields["size"].flatMap { Int($0) } ?? 0,
                recipients: fields["nrcpt"].flatMap { Int($0.prefix { $0 != " " }) } ?? 0)
        } else if rest.hasPrefix("message-id=") {
            self = .messageID(queueID: String(id), String(rest.dropFirst(11)))
        } else if rest == "removed" {
            self = .removed(queueID: String(id))
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
    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// The part after `postfix/AGENT[PID]: `, whatever the syslog name and the time's format.
    private static func message(of line: Substring) -> (agent: Substring, text: Substring)? {
        guard let end = line.firstRange(of: "]: "), let open = line[..<end.lowerBound].lastIndex(of: "["),
            let slash = line[..<open].lastIndex(of: "/")
        else { return nil }
        return (line[line.index(after: slash)..<open], line[end.upperBound...])
    }

    /// `to=<a>, orig_to=<b>, relay=…, …, status=sent (words)`.
    private static func delivery(agent: String, queueID: String, _ text: Substring) -> Delivery? {
        guard let (recipient, afterTo) = bracketed(text.dropFirst(3)) else { return nil }
        var rest = afterTo
        var original = recipient
        if rest.hasPrefix(", orig_to=") {
            guard let (address, tail) = bracketed(rest.dropFirst(10)) else { return nil }
            (original, rest) = (address, tail)
        }
        // The words may hold anything, also text that looks like a field: fields are read before them only.
        guard let mark = rest.firstRange(of: ", status=") else { return nil }
        let fields = fields(rest[..<mark.lowerBound])
        let tail = rest[mark.upperBound...]
        guard let status = Delivery.Status(rawValue: String(tail.prefix { $0 != " " })) else { return nil }
        let words = tail.drop { $0 != "(" }.dropFirst()
        return Delivery(
            agent: agent, queueID: queueID, recipient: recipient, originalRecipient: original,
            relay: fields["relay"] ?? "none", delay: fields["delay"].flatMap { Double($0) } ?? 0,
            dsn: fields["dsn"] ?? "", status: status, words: String(words.hasSuffix(")") ? words.dropLast() : words))
    }

    /// `reject: RCPT from host[ip]: 550 5.7.1 <to>: words; from=<a> to=<b> proto=ESMTP helo=<c>`.
    private static func refusal(queueID: String?, _ text: Substring) -> Refusal? {
        guard let start = text.firstRange(of: "reject: "), let from = text.firstRange(of: " from "),
            from.lowerBound > start.upperBound, let colon = text[from.upperBound...].firstRange(of: "]: ")
        else { return nil }
        let (words, envelope) = envelope(text[colon.upperBound...])
        var rest = words
        var code = 0
        if let number = Int(rest.prefix(3)), (400...599).contains(number), rest.dropFirst(3).first == " " {
            code = number
            rest = rest.dropFirst(4)
        }
        let dsn = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        rest = rest.dropFirst(dsn.count).drop { $0 == " " }
        return Refusal(
            queueID: queueID, stage: String(text[start.upperBound..<from.lowerBound]),
            client: client(text[from.upperBound..<colon.lowerBound]), code: code, dsn: String(dsn),
            words: String(rest), sender: envelope["from"] ?? "", recipient: envelope["to"] ?? "")
    }

    private static func note(queueID: String, _ text: Substring) -> PostfixLogLine? {
        guard let colon = text.firstRange(of: "]: ") else { return nil }
        let (words, envelope) = envelope(text[colon.upperBound...])
        return .note(
            queueID: queueID, text: String(words), sender: envelope["from"] ?? "",
            client: client(text[..<colon.lowerBound]))
    }

    /// `host[ip` or `unknown[ip`: the address.
    private static func client(_ text: Substring) -> String {
        String(text.lastIndex(of: "[").map { text[text.index(after: $0)...] } ?? text)
    }

    /// What stands before `; from=<`, and the names behind it. The words begin with the address that was refused, which
    /// is the client's own text and may hold anything in quotes; it is stepped over first.
    private static func envelope(_ text: Substring) -> (words: Substring, fields: [String: String]) {
        let open = text.firstIndex(of: "<") ?? text.endIndex
        let start = bracketed(text[open...]).map { $0.1.startIndex } ?? text.startIndex
        let mark = text[start...].firstRange(of: "; from=<") ?? text.firstRange(of: "; from=<")
        guard let mark else { return (text, [:]) }
        var fields: [String: String] = [:]
        var rest = text[mark.lowerBound...].dropFirst(2)
        while let equals = rest.firstIndex(of: "=") {
            let name = String(rest[..<equals])
            let value = rest[rest.index(after: equals)...]
            if let (address, tail) = bracketed(value) {
                fields[name] = fields[name] ?? address
                rest = tail.drop { $0 == " " }
            } else {
                fields[name] = fields[name] ?? String(value.prefix { $0 != " " })
                rest = value.drop { $0 != " " }.drop { $0 == " " }
            }
        }
        return (text[..<mark.lowerBound], fields)
    }

    /// The text between `<` and the `>` that ends the address; a quoted local part may hold a `>` of its own.
    private static func bracketed(_ text: Substring) -> (String, Substring)? {
        guard text.first == "<" else { return nil }
        var isQuoted = false
        var isEscaped = false
        for index in text.indices.dropFirst() {
            let character = text[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == ">", !isQuoted {
                return (String(text[text.index(after: text.startIndex)..<index]), text[text.index(after: index)...])
            }
        }
        return nil
    }

    /// `, name=value, name=value`.
    private static func fields(_ text: Substring) -> [String: String] {
        var fields: [String: String] = [:]
        for part in text.split(separator: ",") {
            let pair = part.drop { $0 == " " }
            guard let equals = pair.firstIndex(of: "=") else { continue }
            fields[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
        }
        return fields
    }
}
