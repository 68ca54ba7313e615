internal import FleetProtocol
internal import Glibc
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import Logging
internal import NIOCore
internal import OrderlyServer

extension XDSService {
    /// Serves nodes until `shutdown()` or until the task is cancelled. Requests that wait are answered with 304 then.
    /// - Parameter onReady: called once every address is bound, with the addresses (a port 0 is a real one then).
    /// - Throws: `XDSServerError` when an address cannot be served; then none is.
    package func run(onReady: @escaping @Sendable ([XDSSettings.Binding]) async -> Void = { _ in }) async throws {
        for binding in settings.bindings where !binding.isLocal && settings.tls == nil {
            throw XDSServerError(
                code: .clearTextBeyondLoopback, place: binding.description,
                message: "node tokens would travel in clear text",
                remedy: "give a certificate and its key, or listen on 127.0.0.1 or a unix socket")
        }
        for case .unix(let path) in settings.bindings where UnixSocket.isAnswering(path) {
            throw XDSServerError(
                code: .addressInUse, place: path, message: "another process answers on this socket",
                remedy: "stop it, or choose another socket")
        }
        let server = try tlsServer()
        let bound = BoundAddresses(count: settings.bindings.count, onReady: onReady)
        defer { finishEvents() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for binding in settings.bindings {
                group.addTask { try await self.serve(binding, tls: server, bound: bound) }
            }
            group.addTask { await self.keepTime() }
            group.addTask {
                await self.stop.wait()
                await self.registry.close()
                // What was let go just now gets its answer before connections are cut.
                try? await Task.sleep(for: .milliseconds(100))
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func serve(_ binding: XDSSettings.Binding, tls: HTTPServerBuilder, bound: BoundAddresses) async throws {
        let address: BindAddress
        let server: HTTPServerBuilder
        switch binding {
        case .tcp(let host, let port): (address, server) = (.hostname(host, port: port), tls)
        case .unix(let path): (address, server) = (.unixDomainSocket(path: path), Self.plainServer)
        }
        // Failures to bind are thrown; what else it calls an error is a connection cut at shutdown.
        var quiet = logger
        quiet.logLevel = .critical
        let application = Application(
            responder: XDSResponder(service: self, isLocal: binding.isLocal), server: server,
            configuration: .init(address: address, serverName: nil, backlog: 1024),
            onServerRunning: { channel in
                var place = binding
                if case .tcp(let host, _) = binding, let port = channel.localAddress?.port {
                    place = .tcp(host: host, port: port)
                }
                await bound.add(place)
            },
            logger: quiet)
        do {
            try await OrderlyServer.run(application, logger: quiet)
        } catch is CancellationError {
            return
        } catch {
            throw Self.failure(of: binding, error)
        }
    }

    /// Nodes ask again within the hold; a connection silent for longer than this is gone.
    private static var plainServer: HTTPServerBuilder { .http1(configuration: .init(idleTimeout: .seconds(120))) }

    private func tlsServer() throws -> HTTPServerBuilder {
        guard let files = settings.tls else { return Self.plainServer }
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
            let key = try NIOSSLPrivateKey(file: files.key, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            return try .tls(Self.plainServer, tlsConfiguration: configuration)
        } catch {
            throw XDSServerError(
                code: .certificate, place: "\(files.certificate), \(files.key)",
                message: "cannot be used as certificate and key (\(LogText.visible("\(error)")))",
                remedy: "give PEM files that this process may read and that belong together")
        }
    }

    private func keepTime() async {
        while !Task.isCancelled {
            await registry.tick()
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private static func failure(of binding: XDSSettings.Binding, _ error: any Error) -> XDSServerError {
        let code = (error as? IOError)?.errnoCode
        switch code {
        case EADDRINUSE:
            return XDSServerError(
                code: .addressInUse, place: binding.description, message: "another process listens there",
                remedy: "stop it ('ss -ltnp' names it), or choose another address with --listen")
        case EADDRNOTAVAIL:
            return XDSServerError(
                code: .addressNotHere, place: binding.description, message: "this machine has no such address",
                remedy: "choose one that 'ip address' lists")
        case EACCES, EPERM:
            return XDSServerError(
                code: .notPermitted, place: binding.description, message: "this user may not listen there",
                remedy: "choose a port from 1024 on, or a folder you may write")
        default:
            return XDSServerError(
                code: .io, place: binding.description, message: LogText.visible("\(error)"),
                remedy: "choose another address with --listen")
        }
    }
}

/// Gathers addresses until all are there.
private actor BoundAddresses {
    private let count: Int
    private let onReady: @Sendable ([XDSSettings.Binding]) async -> Void
    private var addresses: [XDSSettings.Binding] = []

    init(count: Int, onReady: @escaping @Sendable ([XDSSettings.Binding]) async -> Void) {
        self.count = count
        self.onReady = onReady
    }

    func add(_ address: XDSSettings.Binding) async {
        addresses.append(address)
        if addresses.count == count { await onReady(addresses) }
    }
}
