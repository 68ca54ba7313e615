internal import EdgeModel
internal import EdgePlan
internal import FoundationEssentials
internal import Logging

/// What a command that is about to commit a change asks the server: the nodes are to take on these origins first.
struct OriginRequest: Codable {
    static let operation = "prepare"
    /// How long the server waits for the nodes: what a health check or a name takes that nobody answers. Whoever asks
    /// hears of it before their own patience ends.
    static let patience = Duration.milliseconds(Int(ServerSocket.patience) - 500)

    var op: String
    var origins: [OriginPlan]

    /// The server's end.
    static func answer(_ line: String, _ dataPlane: some DataPlane, _ log: Logger) async -> String {
        do {
            let request = try JSONDecoder().decode(Self.self, from: Data(line.utf8))
            let readiness = try await dataPlane.prepare(request.origins, within: patience)
            for refusal in readiness.refused {
                log.warning(
                    "origins refused ahead of a change",
                    metadata: ["node": "\(refusal.node)", "reason": "\(refusal.reason ?? "not known yet")"])
            }
            return String(decoding: try JSONEncoder().encode(readiness), as: UTF8.self)
        } catch {
            log.warning("origins not sent ahead of a change: \(ErrorReport(error).message)")
            return #"{"ok":false}"#
        }
    }
}
