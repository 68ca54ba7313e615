/// One entry of Envoy's log in its standard form, `[time][thread][level][logger] [file:line] message`; the message may
/// have many lines.
struct EnvoyLogEntry: Hashable, Sendable {
    let level: String
    let logger: String
    let message: String

    init(level: String, logger: String, message: String) {
        self.level = level
        self.logger = logger
        self.message = message
    }

    /// - Returns: nil when the text does not begin like an entry.
    init?(_ text: String) {
        var rest = text[...]
        var fields: [Substring] = []
        for _ in 0..<4 {
            guard rest.first == "[", let close = rest.firstIndex(of: "]") else { return nil }
            fields.append(rest[rest.index(after: rest.startIndex)..<close])
            rest = rest[rest.index(after: close)...]
        }
        rest = rest.drop { $0 == " " }
        if rest.first == "[", let close = rest.firstIndex(of: "]") {
            rest = rest[rest.index(after: close)...].drop { $0 == " " }
        }
        self.init(level: String(fields[2]), logger: String(fields[3]), message: String(rest))
    }

    /// Whether a line begins an entry: `[2026-11-21 12:00:45.192][`.
    static func begins(_ line: some Collection<UInt8>) -> Bool {
        var bytes = line.makeIterator()
        for pattern in "[dddd-dd-dd dd:dd:dd.ddd][".utf8 {
            guard let byte = bytes.next() else { return false }
            if pattern == UInt8(ascii: "d") ? !(48...57).contains(byte) : byte != pattern { return false }
        }
        return true
    }
}
