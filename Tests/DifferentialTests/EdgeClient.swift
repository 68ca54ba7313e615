import TestKit

/// Sends requests one after another, on connections that it keeps: one for each client address and server.
final class EdgeClient {
    private struct Route: Hashable {
        var source: String
        var server: HostPort
    }

    private var connections: [Route: RawHTTPConnection] = [:]

    /// Throws `SocketFailure`.
    func answer(to request: ClientRequest) throws(SocketFailure) -> RawHTTPResponse {
        let route = Route(source: request.source, server: request.server)
        var connection = connections[route]
        if connection?.isStale ?? true {
            connection = try RawHTTPConnection(to: request.server, source: request.source)
        }
        connections[route] = connection
        guard let connection else { throw .aborted }
        do throws(SocketFailure) {
            let answer = try connection.exchange(request.bytes)
            if answer.closesConnection { connections[route] = nil }
            return answer
        } catch {
            connections[route] = nil
            throw error
        }
    }
}
