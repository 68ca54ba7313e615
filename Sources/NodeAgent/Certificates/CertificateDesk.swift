internal import EdgeModel
internal import EdgePlan
internal import EnvoyConfig
internal import Logging

/// Answers Envoy's questions for certificates from the files of this node: runs what ``CertificateWatch`` decides.
///
/// Files that are replaced, by a rename or otherwise, are taken up within a few seconds.
actor CertificateDesk {
    /// Shorter than Envoy waits (35 s).
    private static let hold = Duration.seconds(25)
    private static let look = Duration.seconds(1)
    /// A certificate that nobody asks for any more is no longer served.
    private static let forget = Duration.seconds(90)

    private let inspector: any CertificateInspecting
    private let logger: Logger
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var watches: [CertificateFiles: CertificateWatch] = [:]

    init(inspector: any CertificateInspecting, logger: Logger) {
        self.inspector = inspector
        self.logger = logger
        start = clock.now
    }

    private var time: Duration { clock.now - start }

    func envoyStarts() {
        for files in watches.keys { watches[files]?.envoyStarts() }
    }

    /// What was found of every certificate in use, sorted by file.
    func inspections() -> [CertificateInspection] {
        watches = watches.filter { time - $0.value.lastAsked <= Self.forget }
        return watches.values.compactMap(\.inspection).sorted { $0.files < $1.files }
    }

    func answer(_ request: DiscoveryRequest) async -> Relay.Answer {
        guard request.subscription.names.count == 1, let name = request.subscription.names.first,
            let files = EnvoyRenderer.files(ofSecret: name)
        else { return .unavailable }
        let end = time + Self.hold
        while !Task.isCancelled, time < end {
            lookAt(files)
            var watch = watches[files, default: CertificateWatch()]
            let step = watch.asked(version: request.version, at: time)
            watches[files] = watch
            switch step {
            case .wait: try? await Task.sleep(for: Self.look)
            case .nothing: return Self.answer(version: "0", [])
            case .load(let number):
                guard let secret = try? EnvoyRenderer.secret(files, loading: number) else { return .unavailable }
                return Self.answer(version: String(number), secret.bytes)
            }
        }
        return .notModified
    }

    private func lookAt(_ files: CertificateFiles) {
        let stamps = [FileStamp(files.certificate), FileStamp(files.key)]
        var watch = watches[files, default: CertificateWatch()]
        guard watch.isNews(stamps) else { return }
        let inspection = inspector.inspect(files)
        if let problem = inspection.problem {
            logger.warning("a certificate cannot be served: \(problem.file): \(problem.message)")
        } else if watch.inspection != nil {
            logger.notice("a certificate was replaced: \(files.certificate)")
        }
        watch.found(inspection, stamps)
        watches[files] = watch
    }

    private static func answer(version: String, _ resource: [UInt8]) -> Relay.Answer {
        Relay.Answer(
            status: 200,
            body: Array("{\"version_info\":\"\(version)\",\"resources\":[".utf8) + resource + Array("]}".utf8))
    }
}
