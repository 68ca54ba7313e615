package import EdgeModel
package import EdgePlan
internal import EnvoyConfig
internal import FoundationEssentials

/// A question for one certificate by an Envoy that has no `node run` beside it, which would answer it from the files.
package struct SecretRequest {
    package var node: ResourceName
    package var token: String
    package var files: CertificateFiles
    /// Version that the node has; nil: none yet.
    package var version: String?

    package init(body: [UInt8]) throws(DiscoveryRequest.Malformed) {
        guard let wire = try? JSONDecoder().decode(DiscoveryRequest.Wire.self, from: Data(body)),
            let name = ResourceName(rawValue: wire.node.id)
        else {
            throw DiscoveryRequest.Malformed(
                reason: "the body is no discovery request of a node that 'node bootstrap' made")
        }
        guard wire.resourceNames.count == 1, let files = EnvoyRenderer.files(ofSecret: wire.resourceNames[0]) else {
            throw DiscoveryRequest.Malformed(reason: "resource_names names no certificate of this server")
        }
        node = name
        token = wire.node.metadata.signalbox.token
        self.files = files
        version = wire.version
    }
}
