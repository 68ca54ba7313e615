package import EdgeModel
package import EdgePlan

/// Two configurations side by side, with who serves each.
package struct VersionDiff: Hashable, Sendable {
    package var left: Side
    package var right: Side
    package var diff: ConfigurationDiff

    package struct Side: Hashable, Sendable {
        package var label: String
        package var digest: Digest
        package var environments: [ResourceName]
    }
}

extension ControlPlane {
    /// - Parameter standard: what a bare application name stands for.
    package func resolve(_ reference: VersionReference, standard: VersionReference.Selector = .latest) throws -> Version
    {
        try store.read { try Self.resolve(reference, standard: standard, in: $0) }
    }

    static func resolve(
        _ reference: VersionReference, standard: VersionReference.Selector = .latest, in tx: any StoreReading
    ) throws -> Version {
        let name = reference.application
        _ = try Find.application(name, in: tx)
        let versions = try tx.versions(of: name)
        func found(_ version: Version?, _ what: String) throws -> Version {
            guard let version else {
                throw ControlPlaneError(
                    .notFound, at: "version \(name)", "there is no \(what) of \(name)",
                    remedy: "signalbox version list \(name)")
            }
            return version
        }
        switch reference.selector == .unspecified ? standard : reference.selector {
        case .number(let number): return try found(versions.first { $0.number == number }, "version \(number)")
        case .latest, .unspecified: return try found(versions.last, "version")
        case .draft: return try found(versions.last { $0.state == .draft }, "draft")
        case .before(let back):
            let index = versions.count - 1 - back
            return try found(index >= 0 ? versions[index] : nil, "version \(back) before the latest")
        case .named(let word):
            if try tx.environments().contains(where: { $0.name == word }) {
                let number = try tx.assignments().first { $0.application == name && $0.environment == word }?.version
                return try found(versions.first { $0.number == number }, "version in \(word)")
            }
            return try found(versions.last { $0.tags.contains(word) }, "version with environment or tag '\(word)'")
        }
    }

    package func configuration(of version: Version) throws -> Configuration {
        try store.read { try Self.configuration(version.id, in: $0) }
    }

    /// A draft copied from another version of the application, by default the latest.
    package func createVersion(
        of name: ResourceName, from source: VersionReference? = nil, note: String
    ) throws -> Version {
        try mutate { tx in
            let base = try Self.resolve(
                source ?? VersionReference(application: name, selector: .latest), in: tx)
            guard base.application == name else {
                throw ControlPlaneError(
                    .usage, at: "version \(base.label)", "it belongs to application \(base.application)",
                    remedy: "signalbox version create \(name) --from \(name)@latest")
            }
            let version = try copy(base, note: note, configuration: try tx.configuration(base.id) ?? "{}", in: tx)
            return (version, [AuditNote("version.create", "version/\(version.label)", "copied from \(base.label)")])
        }
    }

    private func copy(_ base: Version, note: String, configuration: String, in tx: any StoreWriting) throws -> Version {
        let last = try tx.versions(of: base.application).last?.number ?? 0
        let moment = now()
        let version = Version(
            application: base.application, number: last + 1, id: try tx.nextConfigurationID(), base: base.number,
            state: .draft, digest: base.digest, note: note, author: actor.label, createdAt: moment, updatedAt: moment,
            tags: [])
        try tx.putVersion(version, configuration: configuration)
        return version
    }

    /// Replaces the content of a draft. With `copyIfLocked` a locked version gets a draft copy that takes the content.
    ///
    /// - Returns: the version written, what changed, and what promoting would find wrong with it.
    /// - Throws: `ControlPlaneError.invalid` with every finding when the document cannot be used; `.refused` when the
    ///   version is locked; `.stale` when its content is no longer `expected`.
    package func applyVersion(
        _ reference: VersionReference, document: DocumentNode, note: String? = nil, expected: Digest? = nil,
        copyIfLocked: Bool = false
    ) throws -> (Version, ConfigurationDiff, [Finding]) {
        let (configuration, findings) = ConfigurationReader.read(document)
        guard findings.allSatisfy({ $0.severity != .error }) else {
            throw ControlPlaneError(
                .invalid, at: "version \(reference.application)", "the configuration cannot be used",
                remedy: "mend what the findings name and apply it again; nothing was changed", findings: findings)
        }
        return try mutate { tx in
            var version = try Self.resolve(reference, in: tx)
            if let expected, version.digest != expected {
                throw ControlPlaneError(
                    .stale, at: "version \(version.label)",
                    "it was changed by \(version.author) at \(version.updatedAt)",
                    remedy: "signalbox version diff \(version.label); then edit what is there now")
            }
            if version.state == .locked {
                guard copyIfLocked else {
                    throw ControlPlaneError(
                        .refused, at: "version \(version.label)", "it is locked: its content never changes",
                        remedy: "signalbox version create \(version.application) --from \(version.label)")
                }
                version = try copy(
                    version, note: note ?? "from \(version.label)",
                    configuration: try tx.configuration(version.id) ?? "{}",
                    in: tx)
            }
            let old = try Self.configuration(version.id, in: tx)
            version.digest = configuration.digest
            version.updatedAt = now()
            version.author = actor.label
            if let note { version.note = note }
            try tx.putVersion(version, configuration: configuration.document.json())
            let diff = ConfigurationDiff(from: old, to: configuration)
            return (
                (version, diff, try Self.checks(version, in: tx)),
                [
                    AuditNote(
                        "version.apply", "version/\(version.label)", "\(diff.summary); digest \(version.digest.short)")
                ]
            )
        }
    }

    /// What promoting the version would find wrong with it.
    package func checks(_ version: Version) throws -> [Finding] { try store.read { try Self.checks(version, in: $0) } }

    private static func checks(_ version: Version, in tx: any StoreReading) throws -> [Finding] {
        var compiler = ConfigurationCompiler(try content(of: version, in: tx), lists: try knownLists(in: tx))
        _ = compiler.compile()
        return compiler.findings
    }

    func lock(_ version: Version, in tx: any StoreWriting) throws {
        guard version.state == .draft else { return }
        var locked = version
        locked.state = .locked
        locked.updatedAt = now()
        try tx.updateVersion(locked)
    }

    package func lockVersion(_ reference: VersionReference) throws -> Version {
        try change(reference, "version.lock", "locked") { $0.state = .locked }
    }

    package func tagVersion(_ reference: VersionReference, _ tag: ResourceName) throws -> Version {
        try store.read { tx in
            if try tx.environments().contains(where: { $0.name == tag }) {
                throw ControlPlaneError(
                    .refused, at: "tag \(tag)", "an environment has that name", remedy: "choose another tag")
            }
        }
        return try mutate { tx in
            var version = try Self.resolve(reference, in: tx)
            guard !version.tags.contains(tag) else { return (version, []) }
            // A tag names one version of an application: it moves.
            let holder = try tx.versions(of: version.application).first { $0.tags.contains(tag) }
            if var holder {
                holder.tags.removeAll { $0 == tag }
                try tx.updateVersion(holder)
            }
            version.tags = Set(version.tags + [tag]).sorted()
            version.updatedAt = now()
            try tx.updateVersion(version)
            let moved = holder.map { ", taken from \($0.label)" } ?? ""
            return (version, [AuditNote("version.tag", "version/\(version.label)", "tagged \(tag)\(moved)")])
        }
    }

    package func untagVersion(_ reference: VersionReference, _ tag: ResourceName) throws -> Version {
        try change(reference, "version.untag", "tag \(tag) removed") { $0.tags.removeAll { $0 == tag } }
    }

    package func annotateVersion(_ reference: VersionReference, note: String) throws -> Version {
        try change(reference, "version.note", "note changed") { $0.note = note }
    }

    private func change(
        _ reference: VersionReference, _ action: String, _ summary: String, _ edit: (inout Version) -> Void
    ) throws -> Version {
        try mutate { tx in
            let old = try Self.resolve(reference, in: tx)
            var version = old
            edit(&version)
            guard version != old else { return (old, []) }
            version.updatedAt = now()
            try tx.updateVersion(version)
            return (version, [AuditNote(action, "version/\(version.label)", summary)])
        }
    }

    package func diff(_ left: VersionReference, _ right: VersionReference) throws -> VersionDiff {
        try store.read { tx in
            let (a, b) = (try Self.resolve(left, in: tx), try Self.resolve(right, in: tx))
            let assignments = try tx.assignments()
            func side(_ version: Version) -> VersionDiff.Side {
                VersionDiff.Side(
                    label: version.label, digest: version.digest,
                    environments: assignments.filter {
                        $0.application == version.application && $0.version == version.number
                    }.map(\.environment).sorted())
            }
            return VersionDiff(
                left: side(a), right: side(b),
                diff: ConfigurationDiff(
                    from: try Self.configuration(a.id, in: tx), to: try Self.configuration(b.id, in: tx)))
        }
    }
}
