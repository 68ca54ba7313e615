package import EdgeModel
internal import EdgePlan
internal import FoundationEssentials
package import ImageSourcing

extension ControlPlane {
    /// Settings of the account hold them, as JSON without secrets, under these keys.
    private static func key(_ role: ImageStore.Role, _ name: String) -> String { "images.\(role.rawValue).\(name)" }

    // MARK: sources and targets

    /// By name.
    package func imageStores(_ role: ImageStore.Role) throws -> [ImageStore] {
        try store.read { try Self.imageStores(role, in: $0) }
    }

    package func imageStore(_ role: ImageStore.Role, named name: ResourceName) throws -> ImageStore {
        try store.read { try Self.imageStore(role, name.rawValue, in: $0) }
    }

    /// - Throws: `exists`; `refused` while a migration of it runs.
    package func putImageStore(
        _ role: ImageStore.Role, _ name: ResourceName, replacing: Bool, isRunning: (ImageRun) -> Bool,
        _ edit: (ImageStore?) throws -> (ImageStore.Place, credentials: String?)
    ) throws -> ImageStore {
        try mutate { tx in
            let place = "\(role.rawValue) \(name)"
            let old = try Self.imageStores(role, in: tx).first { $0.name == name.rawValue }
            if replacing {
                guard old != nil else { throw Self.noImageStore(role, name.rawValue) }
                try Self.checkIdle(role, name.rawValue, "changed", isRunning, in: tx)
            } else if old != nil {
                throw ControlPlaneError(
                    .exists, at: place, "there is a \(role.rawValue) of that name",
                    remedy: role == .source
                        ? "signalbox images source edit \(name) --help" : "signalbox images target edit \(name) --help")
            }
            let (location, credentials) = try edit(old)
            let moment = now().milliseconds
            let new = ImageStore(
                role, name.rawValue, location, credentials: credentials, createdAt: old?.createdAt ?? moment,
                updatedAt: moment, author: actor.label)
            try tx.putSetting(Self.key(role, name.rawValue), try Self.text(new))
            return (
                new,
                [
                    AuditNote(
                        "images.\(role.rawValue).\(replacing ? "edit" : "add")", "images/\(role.rawValue)/\(name)",
                        new.address)
                ]
            )
        }
    }

    /// - Throws: `refused` while a migration of it runs or could go on.
    package func removeImageStore(_ role: ImageStore.Role, _ name: ResourceName, isRunning: (ImageRun) -> Bool) throws {
        try mutate { tx in
            _ = try Self.imageStore(role, name.rawValue, in: tx)
            try Self.checkIdle(role, name.rawValue, "removed", isRunning, in: tx)
            try tx.putSetting(Self.key(role, name.rawValue), nil)
            return ((), [AuditNote("images.\(role.rawValue).remove", "images/\(role.rawValue)/\(name)", "removed")])
        }
    }

    /// - Parameter what: is to be done with it.
    /// - Throws: `refused` while a migration of it runs.
    package func checkImageStore(
        _ role: ImageStore.Role, _ name: ResourceName, _ what: String, isRunning: (ImageRun) -> Bool
    ) throws {
        try store.read { try Self.checkIdle(role, name.rawValue, what, isRunning, in: $0) }
    }

    private static func checkIdle(
        _ role: ImageStore.Role, _ name: String, _ what: String, _ isRunning: (ImageRun) -> Bool,
        in tx: any StoreReading
    ) throws {
        let runs = try imageRuns(in: tx).filter { (role == .source ? $0.source : $0.target) == name }
        // All runs of a pair share its ledger, and only the newest of them can be under way.
        guard let run = runs.last(where: isRunning) else { return }
        throw ControlPlaneError(
            .refused, at: "\(role.rawValue) \(name)", "it cannot be \(what) while run \(run.id) is under way",
            remedy: "signalbox images pause \(run.id)")
    }

    // MARK: runs

    /// The oldest first.
    package func imageRuns() throws -> [ImageRun] { try store.read { try Self.imageRuns(in: $0) } }

    package func imageRun(_ id: Int) throws -> ImageRun {
        try store.read { try Self.imageRun(id, in: $0) }
    }

    /// Enters a new run.
    /// - Throws: `refused` when another one of the same source and target is not at its end.
    package func beginImageRun(
        from source: ResourceName, to target: ResourceName, _ settings: MigrationSettings, _ tuning: Tuning,
        manifest: String?
    ) throws -> ImageRun {
        try mutate { tx in
            let (from, to) = (
                try Self.imageStore(.source, source.rawValue, in: tx),
                try Self.imageStore(.target, target.rawValue, in: tx)
            )
            let runs = try Self.imageRuns(in: tx)
            if let open = runs.last(where: { $0.source == from.name && $0.target == to.name && $0.canGoOn }) {
                throw ControlPlaneError(
                    .refused, at: "run \(open.id)",
                    "run \(open.id) from \(source) to \(target) is not at its end: \(open.phase.rawValue)",
                    remedy: "signalbox images resume \(open.id)")
            }
            var settings = settings
            settings.filter.prefix = from.prefix + settings.filter.prefix
            settings.targetPrefix = to.prefix + settings.targetPrefix
            let run = ImageRun(
                id: (runs.last?.id ?? 0) + 1, source: from.name, target: to.name, settings: settings, tuning: tuning,
                manifest: manifest, startedAt: now().milliseconds, author: actor.label)
            try tx.putSetting(Self.key(run.id), try Self.text(run))
            return (run, [AuditNote("images.migrate", "images/run/\(run.id)", "from \(source) to \(target)")])
        }
    }

    /// Changes what is wanted of a run; its process looks every second.
    package func changeImageRun(_ id: Int, _ action: String, _ change: (inout ImageRun) throws -> Void) throws
        -> ImageRun
    {
        try mutate { tx in
            var run = try Self.imageRun(id, in: tx)
            try change(&run)
            run.changedAt = now().milliseconds
            try tx.putSetting(Self.key(id), try Self.text(run))
            return (run, [AuditNote("images.\(action)", "images/run/\(id)", "\(run.source) to \(run.target)")])
        }
    }

    /// What the process of a run says of it: no decision of anybody, so nothing for the audit.
    package func noteImageRun(_ id: Int, _ phase: MigrationMachine.Phase, cause: String?) throws {
        try store.write { tx in
            var run = try Self.imageRun(id, in: tx)
            // It was told to abort while it finished what was under way for a pause.
            let isEnded = phase == .paused && run.wish == .abort
            (run.phase, run.cause, run.changedAt) = (isEnded ? .aborted : phase, cause, now().milliseconds)
            try tx.putSetting(Self.key(id), try Self.text(run))
        }
    }

    private static func key(_ run: Int) -> String { "images.run.\(run)" }

    private static func imageRuns(in tx: any StoreReading) throws -> [ImageRun] {
        try tx.settings().filter { $0.key.hasPrefix("images.run.") }.values.map { try value(ImageRun.self, $0) }
            .sorted { $0.id < $1.id }
    }

    private static func imageRun(_ id: Int, in tx: any StoreReading) throws -> ImageRun {
        guard let run = try imageRuns(in: tx).first(where: { $0.id == id }) else {
            throw ControlPlaneError(
                .notFound, at: "run \(id)", "there is no run \(id)", remedy: "signalbox images status")
        }
        return run
    }

    private static func imageStores(_ role: ImageStore.Role, in tx: any StoreReading) throws -> [ImageStore] {
        try tx.settings().filter { $0.key.hasPrefix(key(role, "")) }.values.map { try value(ImageStore.self, $0) }
            .sorted { $0.name < $1.name }
    }

    private static func imageStore(_ role: ImageStore.Role, _ name: String, in tx: any StoreReading) throws
        -> ImageStore
    {
        guard let found = try imageStores(role, in: tx).first(where: { $0.name == name }) else {
            throw noImageStore(role, name)
        }
        return found
    }

    private static func noImageStore(_ role: ImageStore.Role, _ name: String) -> ControlPlaneError {
        ControlPlaneError(
            .notFound, at: "\(role.rawValue) \(name)", "there is no \(role.rawValue) '\(name)'",
            remedy: role == .source ? "signalbox images source list" : "signalbox images target list")
    }

    private static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private static func value<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw ControlPlaneError(
                .invalid, at: "images", "what is stored of images cannot be read: another version wrote it",
                remedy: "Use the newest signalbox.")
        }
    }
}
