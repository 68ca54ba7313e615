/// What one migration does with what it finds. It never changes while a run lives; how fast it goes does (`Tuning`).
package struct MigrationSettings: Hashable, Sendable, Codable {
    package enum Overwrite: String, Hashable, Sendable, Codable, CaseIterable {
        /// What is there stays, whatever it is.
        case never
        case always
        /// What was imported from an older state of the object is replaced, and what else is there when it differs.
        case ifChanged = "if-changed"
    }

    /// What is done with an image whose name or declared type says that it is another kind of image.
    package enum Mismatch: String, Hashable, Sendable, Codable, CaseIterable {
        /// Imported as what it is, and marked.
        case flag
        case skip
    }

    package var filter: KeyFilter
    /// Put before the key; the source's prefix stays part of it.
    package var targetPrefix: String
    package var overwrite: Overwrite
    package var mismatch: Mismatch
    /// `skip`, `pass` or `flag`.
    package var activeSVG: String
    /// Limits of this run's own; the target's come on top.
    package var maximumBytes: Int64?
    /// The source is listed once, and what comes meanwhile is left to the next run. nil: no, it is listed again at the end
    /// until nothing new is found.
    package var listsOnce: Bool?

    package init(
        filter: KeyFilter = KeyFilter(), targetPrefix: String = "", overwrite: Overwrite = .never,
        mismatch: Mismatch = .flag, activeSVG: ImageInspector.ActivePolicy = .flag, maximumBytes: Int64? = nil,
        listsOnce: Bool = false
    ) {
        self.filter = filter
        self.targetPrefix = targetPrefix
        self.overwrite = overwrite
        self.mismatch = mismatch
        self.activeSVG = activeSVG.rawValue
        self.maximumBytes = maximumBytes
        self.listsOnce = listsOnce ? true : nil
    }

    /// What a listing does with objects that an earlier run met.
    package struct Revisit: Hashable, Sendable {
        package var overwrite: Overwrite
        /// What an earlier run's policy left out and this one's takes.
        package var allowed: Set<Reason>

        package init(_ overwrite: Overwrite, allowed: Set<Reason> = []) {
            (self.overwrite, self.allowed) = (overwrite, allowed)
        }
    }

    package var revisit: Revisit {
        var allowed: Set<Reason> = []
        if mismatch != .skip { allowed.insert(.typeMismatch) }
        if activePolicy != .skip { allowed.insert(.svgActive) }
        return Revisit(overwrite, allowed: allowed)
    }

    package var activePolicy: ImageInspector.ActivePolicy { ImageInspector.ActivePolicy(rawValue: activeSVG) ?? .flag }

    /// The name under which an object is stored.
    package func targetKey(of key: ObjectKey) -> ObjectKey { ObjectKey(targetPrefix).appending(key) }

    /// What the listing alone decides; nil: the object is to be read.
    package func verdict(on object: SourceObject, limits: ImageLimits) -> Reason? {
        guard filter.takes(object) else { return .excluded }
        if object.size == 0 { return .empty }
        if case .archived = object.storageClass { return .archived }
        if let size = object.size, let most = limits.maximumBytes, size > most { return .tooLarge }
        return nil
    }
}

/// How fast a run goes; may change at any time.
package struct Tuning: Hashable, Sendable, Codable {
    /// Transfers at once.
    package var transfers: Int
    /// Nil: as fast as it goes.
    package var bytesPerSecond: Int64?
    package var objectsPerSecond: Double?

    package static let standard = Tuning(transfers: 32)
    package static let mostTransfers = 512

    package init(transfers: Int, bytesPerSecond: Int64? = nil, objectsPerSecond: Double? = nil) {
        self.transfers = min(max(transfers, 1), Self.mostTransfers)
        self.bytesPerSecond = bytesPerSecond
        self.objectsPerSecond = objectsPerSecond
    }
}
