package import EdgePlan

/// A socket on which a node serves one of the networks.
package struct ListenerPlan: Hashable, Sendable {
    package var network: Network
    package var address: String
    package var port: Int

    package init(network: Network, address: String, port: Int) {
        self.network = network
        self.address = address
        self.port = port
    }

    /// Changes with the socket, so that a moved listener is a new one and the old one drains.
    var name: String {
        "\(network.rawValue) \(address.contains(":") ? "[\(address)]" : address):\(port)"
    }
}

extension EnvoyRenderer {
    /// One node's listeners, sorted by name, each socket once.
    /// - Parameter accessLog: file on the node; nil: no log.
    package func listeners(_ sockets: [ListenerPlan], accessLog: String?) throws -> [Resource] {
        var taken: Set<String> = []
        return try sockets.sorted { $0.name < $1.name }
            .filter { taken.insert("\($0.address) \($0.port)").inserted }
            .map { socket in
                let manager = connectionManager(
                    socket.network, accessLog: accessLog,
                    rds: .init(routeConfigName: Self.routeConfigurationName(socket.network)))
                let listener = Listener(
                    name: socket.name, address: .socket(socket.address, socket.port), manager: manager)
                return try Resource(name: socket.name, listener)
            }
    }

    func connectionManager(
        _ network: Network, accessLog: String?, rds: ConnectionManager.RDS? = nil
    ) -> ConnectionManager {
        let log = accessLog.map { path in
            [Extension("envoy.access_loggers.file", FileAccessLog(path: path, network: network.rawValue))]
        }
        return ConnectionManager(
            statPrefix: network.rawValue, filters: filters(mode: ""), rds: rds, log: log)
    }
}
