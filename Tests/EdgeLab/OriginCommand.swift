import ArgumentParser
import NIOCore
import NIOPosix
import NIOSSL
import TestKit

/// `edgelab origin`: HTTP/1.1 origins that answer with what they received.
struct OriginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "origin", abstract: "Run one or more origins that answer with what they received.",
        discussion: """
            Every answer has x-origin and x-powered-by-region and a JSON body with the request as it arrived: method, \
            target, version and headers in order, one code point a byte.

              edgelab origin --listen 127.0.0.1:9001 --name shop-fra --region fra
              edgelab origin --origin shop-fra:fra:127.0.0.1:9001 --origin shop-hil:hil:127.0.0.1:9002

            Paths: /healthz, /__lab/status/503, /__lab/delay/200 (milliseconds), /__lab/bytes/1000, /__lab/lasting/60 \
            (with Cache-Control: max-age=60), /__lab/close (answer, then close), /__lab/abort (close without an \
            answer), /__lab/reset, /__lab/truncate/1000 (half of the promised body), /__lab/stats. Control: POST \
            /__lab/health?ok=false, POST /__lab/fail?share=0.2.
            """)

    @Option(help: "Address to listen on; repeat it for several. Port 0 picks one.")
    var listen: [HostPort] = []
    @Option(help: "Name of the origin at the --listen addresses.")
    var name = "origin"
    @Option(help: "Region of the origin at the --listen addresses.")
    var region = "lab"
    @Option(help: "A further origin as NAME:REGION:ADDRESS:PORT; repeat it for several.")
    var origin: [OriginOption] = []
    @Option(help: "PEM file with the certificate chain; with --tls-key all addresses speak TLS.")
    var tlsCert: String?
    @Option(help: "PEM file with the private key.")
    var tlsKey: String?
    @Option(help: "Refuse the handshake of a client that does not ask for this name (SNI).")
    var tlsName: String?
    @Option(help: "Number of threads.")
    var threads = 1
    @Flag(help: "End when standard input closes, so that an origin cannot outlive the script that started it.")
    var untilStdinCloses = false

    func validate() throws {
        if listen.isEmpty && origin.isEmpty { throw ValidationError("give --listen or --origin") }
        if (tlsCert == nil) != (tlsKey == nil) { throw ValidationError("--tls-cert and --tls-key belong together") }
        if tlsName != nil && tlsCert == nil { throw ValidationError("--tls-name needs --tls-cert") }
        if !(1...16).contains(threads) { throw ValidationError("--threads must be from 1 to 16") }
    }

    func run() throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        let tls = try tlsContext()
        var places: [(OriginState, HostPort)] = []
        if !listen.isEmpty {
            let shared = OriginState(name: name, region: region)
            places += listen.map { (shared, $0) }
        }
        places += origin.map { (OriginState(name: $0.name, region: $0.region), $0.address) }
        for (state, address) in places {
            let channel = try Self.bootstrap(group, state: state, tls: tls)
                .bind(host: address.host, port: address.port).wait()
            let bound = HostPort(address.host, channel.localAddress?.port ?? address.port)
            try Output.line(Ready(listening: bound, origin: state.name, region: state.region))
        }
        StopSignal(untilStdinCloses: untilStdinCloses).wait()
    }

    private struct OtherName: Error {}

    private struct Ready: Encodable {
        let listening: HostPort
        let origin: String
        let region: String
    }

    private func tlsContext() throws -> NIOSSLContext? {
        guard let tlsCert, let tlsKey else { return nil }
        let chain = try NIOSSLCertificate.fromPEMFile(tlsCert).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: tlsKey, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(key))
        configuration.applicationProtocols = ["http/1.1"]
        if let tlsName {
            configuration.sslContextCallback = { asked, promise in
                if asked.serverHostname == tlsName {
                    promise.succeed(.noChanges)
                } else {
                    promise.fail(OtherName())
                }
            }
        }
        return try NIOSSLContext(configuration: configuration)
    }

    private static func bootstrap(
        _ group: MultiThreadedEventLoopGroup, state: OriginState, tls: NIOSSLContext?
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    let listener = HostPort(channel.localAddress?.ipAddress ?? "", channel.localAddress?.port ?? 0)
                    try channel.pipeline.syncOperations.addHandler(OriginHandler(state: state, listener: listener))
                }
            }
    }
}

/// `NAME:REGION:ADDRESS:PORT`.
struct OriginOption: ExpressibleByArgument {
    let name: String
    let region: String
    let address: HostPort

    init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, let address = try? HostPort(parsing: String(parts[2])) else {
            return nil
        }
        (name, region, self.address) = (String(parts[0]), String(parts[1]), address)
    }
}

extension HostPort: ExpressibleByArgument {
    package init?(argument: String) {
        guard let address = try? HostPort(parsing: argument) else { return nil }
        self = address
    }
}
