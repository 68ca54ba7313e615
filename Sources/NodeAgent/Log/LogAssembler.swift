/// Makes entries of the bytes of a log as they come.
///
/// An entry ends where the next begins, or when the log falls silent (``finish()``). Of a long one the first 2 kB and
/// the last 4 kB are kept, because Envoy prints the message it refuses first and the cause last.
struct LogAssembler: Sendable {
    private static let headLimit = 2_048
    private static let tailLimit = 4_096
    /// A line longer than this is cut: its end is kept as well as its beginning.
    private static let lineLimit = 1 << 20

    private var line: [UInt8] = []
    private var entry: [UInt8] = []

    /// - Returns: entries that are complete now. Lines before the first entry come alone.
    mutating func take(_ bytes: [UInt8]) -> [String] {
        var done: [String] = []
        var rest = bytes[...]
        while let newline = rest.firstIndex(of: 0x0A) {
            line += rest[...newline]
            rest = rest[(newline + 1)...]
            endLine(into: &done)
        }
        line += rest
        if line.count > Self.lineLimit { endLine(into: &done) }
        return done
    }

    /// The entry at the end, when nothing more came for a while. A line that is not complete waits on.
    mutating func finish() -> String? {
        guard !entry.isEmpty else { return nil }
        defer { entry = [] }
        return String(decoding: entry, as: UTF8.self)
    }

    private mutating func endLine(into done: inout [String]) {
        if !entry.isEmpty, EnvoyLogEntry.begins(line) || !EnvoyLogEntry.begins(entry), let text = finish() {
            done.append(text)
        }
        entry += line
        line = []
        if entry.count > Self.headLimit + Self.tailLimit {
            let head = entry[..<Self.headLimit]
            entry = Array(head) + entry[(entry.count - Self.tailLimit)...]
        }
    }
}
