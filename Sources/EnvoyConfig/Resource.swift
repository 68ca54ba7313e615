package import EdgePlan

/// One rendered Envoy resource: JSON with its type, ready to be sent, shared by all nodes that need it.
package struct Resource: Hashable, Sendable {
    package let name: String
    package let bytes: [UInt8]

    init(name: String, _ message: some EnvoyMessage) throws {
        self.name = name
        bytes = try CanonicalJSON.bytes(Packed(message))
    }

    init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// A cluster and what is known beforehand of how long it takes to become usable.
package struct ClusterResource: Hashable, Sendable {
    package let resource: Resource
    /// Milliseconds until the first round of health checks or of name resolution is certainly over; 0: usable at once.
    package let warmUp: Int

    package var name: String { resource.name }

    init(resource: Resource, warmUp: Int) {
        self.resource = resource
        self.warmUp = warmUp
    }

    /// A cluster that was rendered before and kept as text.
    package init(name: String, definition: String, warmUp: Int) {
        self.init(resource: Resource(name: name, bytes: Array(definition.utf8)), warmUp: min(5_000, max(0, warmUp)))
    }
}

/// Everything that is the same for all nodes: clusters by name and the two route tables.
package struct ResourceSet: Hashable, Sendable {
    /// By name: what the clusters were made of, kept so that the next rendering takes over what did not change.
    let origins: [String: OriginPlan]
    package let clusters: [ClusterResource]
    package let production: RouteTable
    package let lower: RouteTable
    /// What listeners with TLS are made of, node by node.
    package let certificates: [CertificatePlan]

    package func routes(_ network: Network) -> RouteTable {
        switch network {
        case .production: production
        case .lower: lower
        }
    }

    /// Clusters of several renderings together, each name once, sorted. A name carries the digest of its definition,
    /// so that equal names mean equal clusters; where a renderer of another version disagrees, the first one wins.
    package static func union(_ groups: [ClusterResource]...) -> [ClusterResource] {
        var byName: [String: ClusterResource] = [:]
        for cluster in groups.joined() where byName[cluster.name] == nil { byName[cluster.name] = cluster }
        return byName.values.sorted { $0.name < $1.name }
    }
}

/// The body of a discovery answer: resources and the version that names exactly these bytes.
package struct DiscoveryAnswer: Hashable, Sendable {
    /// SHA-256 of the resources, in hexadecimal.
    package let version: String
    package let body: [UInt8]

    /// - Parameters:
    ///   - version: nil: that of the resources.
    ///   - tag: put before the version.
    package init(_ resources: [Resource], version: String? = nil, tag: String = "") {
        var list: [UInt8] = []
        list.reserveCapacity(resources.reduce(2) { $0 + $1.bytes.count + 1 })
        list.append(UInt8(ascii: "["))
        for (index, resource) in resources.enumerated() {
            if index > 0 { list.append(UInt8(ascii: ",")) }
            list.append(contentsOf: resource.bytes)
        }
        list.append(UInt8(ascii: "]"))
        self.version = tag + (version ?? CanonicalJSON.version(list))
        body = Array("{\"version_info\":\"\(self.version)\",\"resources\":".utf8) + list + [UInt8(ascii: "}")]
    }

    /// An answer that was made before and kept.
    package init(version: String, body: [UInt8]) {
        self.version = version
        self.body = body
    }
}
