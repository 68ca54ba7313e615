internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import ImageSourcing

/// Looks at a store before it is relied on: that it answers, that it lets us in, what its first objects are.
struct StoreCheck {
    /// Objects that are looked at.
    private static let sample = 20

    private let session: Session

    init(_ session: Session) { self.session = session }

    /// - Returns: what is strange among the first objects.
    /// - Throws: `ErrorReport` when it does not answer.
    func look(at store: ImageStore) async throws -> [Finding] {
        let opener = ImageStoreOpener(session, transfers: 4)
        let place = "\(store.role.rawValue) \(store.name)"
        do {
            guard store.role == .source else {
                let target = try opener.target(store)
                let quota = try await target.quota()
                _ = try await target.lookUp(ObjectKey(store.prefix + "signalbox-check"))
                guard let quota, quota.left == 0 else { return [] }
                return [Finding(.warning, "target-full", at: place, "no image fits into it any more")]
            }
            let settings = MigrationSettings(filter: KeyFilter(prefix: store.prefix))
            let survey = try await Surveyor(
                try opener.source(store), target: nil, settings: settings, sampleSize: Self.sample,
                random: { Int.random(in: 0..<max(1, $0)) }
            ).run(mostPages: 1)
            if survey.objects == 0 {
                return [Finding(.warning, "source-empty", at: place, "there is no object in it")]
            }
            return survey.sample.compactMap { sampled in
                sampled.reason.map { reason in
                    Finding(.info, reason.rawValue, at: sampled.key.description, "would be skipped: \(reason.rawValue)")
                }
            }
        } catch let failure as ObjectFailure {
            throw ErrorReport(failure, at: place)
        } catch let trouble as Surveyor.Trouble {
            throw ErrorReport(trouble.failure, at: place)
        }
    }
}

/// Sources and targets as people and programs read them.
enum StoreText {
    static func name(_ text: String, _ role: ImageStore.Role) throws -> ResourceName {
        try Names.resource(text, role.rawValue, list: "signalbox images \(role.rawValue) list")
    }

    /// Refuses what may be a secret itself, without repeating it.
    static func check(credentials: String?) throws {
        guard let credentials, !["env:", "file:", "command:"].contains(where: credentials.hasPrefix) else { return }
        throw ErrorReport(
            .usage, at: "--credentials", "--credentials takes the place of a secret, not the secret",
            remedy: "write env:NAME, file:PATH or command:WORDS; a secret that was given here is in your history now")
    }

    /// Of a command only that it is one: it may hold what nobody should read.
    static func place(of credentials: String) -> String {
        credentials.hasPrefix("command:") ? "command:…" : credentials
    }

    static func document(_ store: ImageStore) -> DocumentValue {
        var bucket: ImageStore.Bucket?
        if case .s3(let found) = store.place { bucket = found }
        return .object([
            store.role.rawValue: .string(store.name), "address": .string(store.address),
            "endpoint": bucket?.endpoint.map { .string($0) }, "region": bucket?.region.map { .string($0) },
            "credentials": store.credentials.map { .string(place(of: $0)) },
            "created_at": .string(Timestamp(milliseconds: store.createdAt).description),
            "updated_at": .string(Timestamp(milliseconds: store.updatedAt).description),
            "author": .string(store.author),
        ])
    }

    static func pieces(_ store: ImageStore, _ output: Output) -> [Output.Piece] {
        var bucket: ImageStore.Bucket?
        if case .s3(let found) = store.place { bucket = found }
        return Facts.pieces([
            (SafeText(store.role.rawValue), SafeText(store.name)), ("place", SafeText(store.address)),
            ("endpoint", SafeText(bucket?.endpoint ?? "")), ("region", SafeText(bucket?.region ?? "")),
            ("credentials", SafeText(store.credentials.map(place) ?? "")),
            ("updated", "\(output.time(Timestamp(milliseconds: store.updatedAt))) by \(store.author)"),
        ])
    }

    static func tell(_ findings: [Finding], _ output: Output) {
        for finding in findings.prefix(5) { output.note("\(finding.place): \(finding.message)", .dim) }
        if findings.count > 5 { output.note("and \(findings.count - 5) more of the first objects", .dim) }
    }

    /// Changes a store, after a look at what it would be.
    static func change(
        _ name: String, _ role: ImageStore.Role, _ session: Session, isChecked: Bool,
        _ edit: (ImageStore) throws -> (ImageStore.Place, credentials: String?)
    ) async throws {
        let name = try self.name(name, role)
        let plane = try session.plane(.writing)
        let old = try plane.imageStore(role, named: name)
        var draft = old
        (draft.place, draft.credentials) = try edit(old)
        // Whether it answers does not matter while it is in use.
        try plane.checkImageStore(role, name, "changed", isRunning: session.isRunning)
        let findings = isChecked ? try await StoreCheck(session).look(at: draft) : []
        let store = try plane.putImageStore(role, name, replacing: true, isRunning: session.isRunning) { _ in
            (draft.place, draft.credentials)
        }
        tell(findings, session.output)
        session.output.done(store.name, document(store), "changed \(role.rawValue) \(store.name): \(store.address)")
    }
}
