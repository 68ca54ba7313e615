package import EdgeModel
package import EdgePlan

/// What a change would do, complete enough to review; the checksum names exactly this change on exactly this base.
package struct Plan: Sendable {
    package var request: ChangeRequest
    package var stream: ResourceName
    package var change: Change
    /// `promote shop@2 to production (now shop@1)`
    package var title: String
    /// Configuration now and then, where the change swaps one for another.
    package var diff: ConfigurationDiff?
    /// Effective rules that would go and come.
    package var effectiveRemoved: [String]
    package var effectiveAdded: [String]
    /// What is wrong with what would be served, as far as this change brings it.
    package var findings: [Finding]
    /// Safety thresholds exceeded, each a sentence.
    package var thresholds: [String]
    /// Set when the version was not made from what the environment serves now.
    package var staleBase: String?
    /// Versions that applying would lock.
    package var locks: [String]
    /// For an undo, the entry it reverses.
    package var undoes: Int?
    /// Head of the journal's stream the plan was made on.
    package var baseHead: Digest?
    package var before: NetworkDigests
    package var after: NetworkDigests
    /// What would be served, at least of every zone in which the change can be seen.
    package var edge: EdgePlan
    /// Of a change of a list: whose rules mention it.
    package var uses: [ListUse] = []
    /// Of a way back: deleted lists that come back with the rules that ask for them.
    package var restoredLists: [ListChange] = []
    package var checksum: Digest
    /// Digests of all zones now and then.
    var book: LeafBook
    var leaves: EdgeLeaves

    package var isGated: Bool { request.isGated }
    /// Whether production would serve something else than now.
    package var touchesProduction: Bool { before.production != after.production }
    package var errors: [Finding] { findings.filter { $0.severity == .error } }
    package var warnings: [Finding] { findings.filter { $0.severity == .warning } }

    /// For people, of each: `list $office was deleted and comes back with the 2 items that it had`
    package var restorations: [String] {
        restoredLists.map { list in
            let items = list.added.count == 1 ? "item" : "\(list.added.count) items"
            return "list \(list.name) was deleted and comes back with the \(items) that it had"
        }
    }

    private var isOfList: Bool { if case .list = change { true } else { false } }

    static func checksum(
        _ request: ChangeRequest, stream: ResourceName, change: Change, restoredLists: [ListChange], baseHead: Digest?,
        contents: [String], after: NetworkDigests
    ) -> Digest {
        let document: DocumentValue = .object([
            "kind": .string(request.kind.rawValue), "stream": .string(stream.rawValue), "change": change.document,
            "restored_lists": Self.document(restoredLists),
            "base": baseHead.map { .string($0.rawValue) }, "contents": .array(contents.map { .string($0) }),
            "production": .string(after.production.rawValue), "lower": .string(after.lower.rawValue),
        ])
        return Digest.sha256(of: document.sorted.json())
    }

    /// nil: a key that is not there.
    private static func document(_ lists: [ListChange]) -> DocumentValue? {
        lists.isEmpty ? nil : .array(lists.map(\.document))
    }

    package var document: DocumentValue {
        .object([
            "checksum": .string(checksum.rawValue), "kind": .string(request.kind.rawValue),
            "title": .string(title), "change": change.document, "diff": diff?.document,
            "effective_rules": .object([
                "removed": .array(effectiveRemoved.map { .string($0) }),
                "added": .array(effectiveAdded.map { .string($0) }),
            ]),
            "restored_lists": Self.document(restoredLists),
            "used_by": isOfList ? .array(uses.map(\.document)) : nil,
            "findings": .array(findings.map(\.document)),
            "thresholds_exceeded": .array(thresholds.map { .string($0) }),
            "stale_base": staleBase.map { .string($0) },
            "locks": .array(locks.map { .string($0) }),
            "base_head": baseHead.map { .string($0.rawValue) },
            "production": .object([
                "before": .string(before.production.rawValue), "after": .string(after.production.rawValue),
            ]),
            "lower": .object(["before": .string(before.lower.rawValue), "after": .string(after.lower.rawValue)]),
        ])
    }
}

extension Finding {
    package var document: DocumentValue {
        .object([
            "severity": .string(severity.rawValue), "code": .string(code), "place": .string(place),
            "line": line.map { .int($0) }, "column": column.map { .int($0) }, "message": .string(message),
            "remedy": remedy.map { .string($0) },
            "excerpt": excerpt.map { .string($0) },
        ])
    }
}
