internal import WebTransport

/// Envoy's administration, which only this machine's owner of the data directory can reach.
struct EnvoyAdmin: Sendable {
    let transport: any WebTransport
    let socket: String
    /// The socket on which the module answers; nil: no module.
    let figuresSocket: String?

    private static let versions =
        #"^cluster_manager\.(cds\.version_text|warming_clusters)$|"#
        + #"^listener_manager\.(lds\.version_text|total_listeners_warming)$"#

    /// Versions of clusters and listeners and how many of them are not usable yet.
    func warming() async -> EnvoyStats? { await stats(Self.versions) }

    /// Whether Envoy has accepted this version of what it subscribed to: what it will say in its next request.
    func runs(_ subscription: Subscription, _ version: String) async -> Bool {
        guard let name = Self.statistic(of: subscription) else { return false }
        // Of this type there are few; of all statistics, thousands.
        let target = "/stats?type=TextReadouts&filter=" + Self.percentEncoded(name)
        guard let lines = await text(.get, target, at: socket) else { return false }
        return lines.split(separator: "\n").contains { $0.hasSuffix(": \"\(version)\"") }
    }

    /// The expression that finds where Envoy tells the version.
    private static func statistic(of subscription: Subscription) -> String? {
        switch subscription {
        case .listeners: #"^listener_manager\.lds\.version_text$"#
        case _ where subscription.kind == Subscription.routes("").kind && subscription.names.count == 1:
            #"\.rds\."# + subscription.names[0].replacing(".", with: #"\."#) + #"\.version_text$"#
        default: nil
        }
    }

    func stats() async -> EnvoyStats? {
        await stats(
            Self.versions
                + #"|^cluster\..*\.(upstream_rq_(total|5xx|retry)|membership_(healthy|total))$"#
        )
    }

    func module() async -> ModuleFigures? {
        guard let figuresSocket else { return nil }
        return await text(.get, "/", at: figuresSocket).map { ModuleFigures($0) }
    }

    /// Whether Envoy's main thread answers, whatever it says.
    func isAlive() async -> Bool { await response(.get, "/ready", at: socket) != nil }

    func reopenLogs() async { _ = await text(.post, "/reopen_logs", at: socket) }

    /// Listeners stay open and clients are told to go, until Envoy is ended.
    func drain() async { _ = await text(.post, "/drain_listeners?graceful", at: socket) }

    private func stats(_ filter: String) async -> EnvoyStats? {
        await text(.get, "/stats?filter=" + Self.percentEncoded(filter), at: socket).map { EnvoyStats($0) }
    }

    private func text(_ method: WebMethod, _ target: String, at socket: String) async -> String? {
        guard let response = await response(method, target, at: socket), response.status == 200 else { return nil }
        return String(decoding: response.body, as: UTF8.self)
    }

    private func response(_ method: WebMethod, _ target: String, at socket: String) async -> WebResponse? {
        guard let url = try? WebURL("http://localhost" + target),
            let deadlines = try? WebDeadlines(connect: .seconds(1), total: .seconds(2))
        else { return nil }
        return try? await transport.send(
            WebRequest(method, url, unixSocket: socket, deadlines: deadlines, maximumBodyBytes: 256 << 20))
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            return isPlain ? String(Unicode.Scalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
