/// What a line of Envoy's log says about something that was not taken.
struct LoggedRefusal: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable {
        case listeners, clusters, routes
        /// The module's word on a zone's plan, which comes before Envoy's word on the routes that carry it.
        case plan
    }

    let kind: Kind
    /// As logged, without the printed message; not yet fit to be shown, see ``RefusalText``.
    let reason: String

    /// - Returns: nil for an entry that tells of no refusal.
    init?(_ entry: EnvoyLogEntry) {
        let message = entry.message
        if let start = message.firstRange(of: "signalbox: plan refused: ")?.upperBound {
            self.init(kind: .plan, reason: String(message[start...]))
            return
        }
        guard message.hasPrefix("REST config for ") || message.hasPrefix("gRPC config for "),
            let start = message.firstRange(of: " rejected: "),
            let kind = Self.kind(of: message[..<start.lowerBound])
        else { return nil }
        self.init(kind: kind, reason: Self.withoutDump(String(message[start.upperBound...])))
    }

    /// The module's line may also come bare, by standard error.
    init?(line: String) {
        guard line.hasPrefix("signalbox: plan refused: "), let entry = line.firstRange(of: "refused: ") else {
            return nil
        }
        self.init(kind: .plan, reason: String(line[entry.upperBound...]))
    }

    init(kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// From a path (`/v3/discovery:routes`) or a type (`type.googleapis.com/envoy.config.route.v3.RouteConfiguration`).
    private static func kind(of subject: Substring) -> Kind? {
        let words: [(String, Kind)] = [
            (":listeners", .listeners), (".Listener", .listeners), (":clusters", .clusters), (".Cluster", .clusters),
            (":routes", .routes), (".RouteConfiguration", .routes),
        ]
        return words.first { subject.hasSuffix($0.0) }?.1
    }

    /// For a broken constraint Envoy prints `goo.gle/debugonly`, the whole message in lines, and the cause at the end
    /// after `: ` at the beginning of a line. The message's name is kept.
    private static func withoutDump(_ reason: String) -> String {
        guard reason.hasPrefix("goo.gle/debugonly") else { return reason }
        let lines = reason.split(separator: "\n")
        guard let cause = lines.lastIndex(where: { $0.hasPrefix(": ") }) else { return reason }
        let text = lines[cause...].joined(separator: " ").dropFirst(2)
        let name = lines.first { $0.hasPrefix("name: \"") }?.dropFirst(6)
        return (name.map { "\($0): " } ?? "") + text
    }
}
