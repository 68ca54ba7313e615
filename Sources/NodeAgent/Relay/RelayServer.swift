internal import Glibc
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import OrderlyServer

/// The unix socket on which Envoy asks.
struct RelayServer: Sendable {
    let socket: String
    let relay: Relay
    let certificates: CertificateDesk
    let logger: Logger

    /// Envoy's request is some 75 kB.
    private static let requestLimit = 4 << 20

    /// Serves until the task is cancelled; `onListening` is called once Envoy can connect.
    func run(onListening: @escaping @Sendable () -> Void) async throws {
        unlink(socket)
        let (relay, certificates) = (relay, certificates)
        let responder = CallbackResponder { (request: Request, _: BasicRequestContext) in
            let body = try await request.body.collect(upTo: Self.requestLimit)
            guard request.method == .post,
                let question = DiscoveryRequest(path: request.uri.path, body: Array(body.readableBytesView))
            else { return Response(status: .notFound) }
            let answer =
                question.subscription.kind == "secrets"
                ? await certificates.answer(question) : await relay.answer(question)
            return Response(
                status: .init(code: answer.status),
                headers: answer.body.isEmpty ? [:] : [.contentType: "application/json"],
                body: answer.body.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: answer.body)))
        }
        var quiet = logger
        // What matters is thrown; the rest would report the end we ask for as an error.
        quiet.logLevel = .critical
        let application = Application(
            responder: responder,
            configuration: .init(address: .unixDomainSocket(path: socket), serverName: nil),
            onServerRunning: { _ in onListening() }, logger: quiet)
        try await OrderlyServer.run(application, logger: quiet)
    }
}
