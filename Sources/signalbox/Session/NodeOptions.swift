internal import ArgumentParser
internal import EdgeModel
internal import RulesLanguage

/// What a node says of itself, on the command line.
struct NodeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Place of the node.", valueName: "region")) var region = ""
    @Option(
        help: ArgumentHelp(
            "IP:PORT, https://IP:PORT or https+proxy://IP:PORT that serves production; repeatable.", valueName: "socket"
        )) var listen: [String] = []
    @Option(help: ArgumentHelp("The same for the lower environments; repeatable.", valueName: "socket"))
    var staging: [String] = []

    @Option(
        name: .customLong("load-balancer"),
        help: ArgumentHelp(
            "Address or range that may speak the PROXY protocol to http+proxy:// and https+proxy:// sockets; repeatable.",
            valueName: "cidr"))
    var loadBalancer: [String] = []

    static func sockets(_ texts: [String], _ option: String) throws -> [ListenAddress] {
        try texts.map { text in
            guard let address = ListenAddress(text) else {
                throw ErrorReport(
                    .usage, at: "\(option) \(text)",
                    "write an IP address with its port, e.g. 127.0.0.11:8080, [::1]:8080 or https://127.0.0.11:8443",
                    remedy: "signalbox node bootstrap --help")
            }
            return address
        }
    }

    private static func isRange(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, IPAddress(String(parts[0])) != nil else { return false }
        return parts.count == 1 || (0...(text.contains(":") ? 128 : 32)).contains(Int(parts[1]) ?? -1)
    }

    func description(_ name: ResourceName, planFormats: [Int], moduleVersion: String?) throws -> NodeDescription {
        let (production, lower) = (try Self.sockets(listen, "--listen"), try Self.sockets(staging, "--staging"))
        if let socket = (production + lower).first(where: \.isProxied), loadBalancer.isEmpty {
            throw ErrorReport(
                .usage, at: "\(socket)",
                "nobody may connect to it: whoever sends PROXY headers chooses client addresses",
                remedy: "name the load balancers, e.g. --load-balancer 192.0.2.0/24")
        }
        for range in loadBalancer where !Self.isRange(range) {
            throw ErrorReport(
                .usage, at: "--load-balancer \(range)", "that is no address and no range of addresses",
                remedy: "write it like 192.0.2.7 or 192.0.2.0/24")
        }
        return NodeDescription(
            name: name, region: region, listen: production, staging: lower,
            loadBalancers: loadBalancer.isEmpty ? nil : loadBalancer, moduleVersion: moduleVersion,
            planFormats: planFormats)
    }
}
