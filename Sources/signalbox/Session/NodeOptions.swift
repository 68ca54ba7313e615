internal import ArgumentParser
internal import EdgeModel

/// What a node says of itself, on the command line.
struct NodeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Place of the node.", valueName: "region")) var region = ""
    @Option(help: ArgumentHelp("IP:PORT that serves production; repeatable.", valueName: "socket")) var listen:
        [String] = []
    @Option(help: ArgumentHelp("IP:PORT that serves the lower environments; repeatable.", valueName: "socket"))
    var staging: [String] = []

    static func sockets(_ texts: [String], _ option: String) throws -> [ListenAddress] {
        try texts.map { text in
            guard let address = ListenAddress(text) else {
                throw ErrorReport(
                    .usage, at: "\(option) \(text)",
                    "write an IP address with its port, e.g. 127.0.0.11:8080 or [::1]:8080",
                    remedy: "signalbox node bootstrap --help")
            }
            return address
        }
    }

    func description(_ name: ResourceName, planFormats: [Int], moduleVersion: String?) throws -> NodeDescription {
        NodeDescription(
            name: name, region: region, listen: try Self.sockets(listen, "--listen"),
            staging: try Self.sockets(staging, "--staging"), moduleVersion: moduleVersion, planFormats: planFormats)
    }
}
