internal import EdgePlan

/// `envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext`
struct DownstreamTlsContext: EnvoyMessage {
    static let messageName = "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext"

    struct Common: Encodable {
        struct Parameters: Encodable { var tlsMinimumProtocolVersion = "TLSv1_2" }
        struct SecretSource: Encodable {
            var name: String
            var sdsConfig = ConfigSource.secrets
        }
        var tlsParams = Parameters()
        var alpnProtocols = ["h2", "http/1.1"]
        var tlsCertificateSdsSecretConfigs: [SecretSource]
    }

    var commonTlsContext: Common

    init(_ files: CertificateFiles) {
        commonTlsContext = Common(tlsCertificateSdsSecretConfigs: [.init(name: EnvoyRenderer.secretName(files))])
    }
}

/// `envoy.extensions.transport_sockets.tls.v3.Secret` that names two files on the node.
struct Secret: EnvoyMessage {
    static let messageName = "envoy.extensions.transport_sockets.tls.v3.Secret"

    struct Certificate: Encodable {
        var certificateChain: DataSource
        var privateKey: DataSource
    }

    var name: String
    var tlsCertificate: Certificate
}
