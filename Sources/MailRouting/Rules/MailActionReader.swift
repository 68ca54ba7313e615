internal import EdgeModel

extension MailAction {
    static let keys = ["action", "destinations", "text", "worker", "header", "value"]

    /// Reads the action of a rule or catch-all; what is missing or makes no sense is a finding.
    static func read(_ reader: inout DocumentReader, _ domain: String) -> MailAction? {
        guard let word = reader.string("action") else {
            if !reader.findings.contains(where: { $0.place == reader.place("action") }) {
                reader.report("missing-key", "action", "a rule needs 'action'", remedy: "actions are: \(words)")
            }
            return nil
        }
        guard let kind = Kind(rawValue: word) else {
            reader.report("unknown-action", "action", "unknown action '\(word)'", remedy: "actions are: \(words)")
            return nil
        }
        switch kind {
        case .forward: return readForward(&reader, domain)
        case .drop: return .drop
        case .observe: return .observe
        case .reject: return readText(&reader, unless: "mail is not accepted here").map { .reject($0) }
        case .defer: return readText(&reader, unless: "try again later").map { .deferral($0) }
        case .worker:
            guard let text = reader.string("worker") else {
                reader.report(
                    "missing-key", "worker", "this action needs 'worker'", remedy: "add a line 'worker: NAME'")
                return nil
            }
            guard let name = ResourceName(rawValue: text) else {
                reader.report("bad-name", "worker", ResourceName.problem(with: text) ?? "'\(text)' is no name")
                return nil
            }
            return .worker(name)
        case .tag: return readTag(&reader)
        }
    }

    private static var words: String { Kind.allCases.map(\.rawValue).joined(separator: ", ") }

    private static func readForward(_ reader: inout DocumentReader, _ domain: String) -> MailAction? {
        guard let texts = reader.strings("destinations"), !texts.isEmpty else {
            reader.report(
                "missing-key", "destinations", "this action needs 'destinations'",
                remedy: "add a line 'destinations: [ops@example.net]'")
            return nil
        }
        guard texts.count <= MailRuleset.mostDestinations else {
            reader.report(
                "too-many-destinations", "destinations",
                "\(texts.count) destinations are more than the \(MailRuleset.mostDestinations) of one rule")
            return nil
        }
        var addresses: [MailAddress] = []
        for text in texts {
            guard let address = MailAddress(text) else {
                reader.report("bad-address", "destinations", "'\(text)' is no mail address")
                continue
            }
            guard address.domain != domain else {
                reader.report(
                    "mail-loop", "destinations", "'\(address)' is in \(domain) itself: its mail would come back here",
                    remedy: "forward to where the mail of \(address) goes")
                continue
            }
            if !addresses.contains(address) { addresses.append(address) }
        }
        return addresses.isEmpty ? nil : .forward(addresses)
    }

    private static func readText(_ reader: inout DocumentReader, unless standard: String) -> String? {
        guard let text = reader.string("text") else { return standard }
        guard isAnswer(text) else {
            reader.report(
                "bad-text", "text",
                "the text must be one line of 1 to 400 ASCII characters: it goes into an SMTP answer")
            return nil
        }
        return text
    }

    private static func readTag(_ reader: inout DocumentReader) -> MailAction? {
        let (name, value) = (reader.string("header"), reader.string("value"))
        guard let name, let value else {
            reader.report(
                "missing-key", name == nil ? "header" : "value", "this action needs 'header' and 'value'",
                remedy: "add 'header: X-Topic' and 'value: invoices'")
            return nil
        }
        guard name.asciiLowercased.hasPrefix("x-"), MailHeader.isName(name) else {
            reader.report(
                "bad-header", "header", "'\(name)' is no X- header",
                remedy: "only X- headers are added: others are signed or have a meaning")
            return nil
        }
        guard MailHeader.isValue(value) else {
            reader.report(
                "bad-header", "value", "the value must be one line of 1 to 900 bytes without control characters")
            return nil
        }
        return .tag(MailTag(name: name, value: value))
    }
}
