package import EdgeModel
package import EdgePlan
internal import RulesLanguage

/// Compiles what the store says is live again and again, and takes over what did not change since the last time: of ten
/// thousand zones, those that stay as they are are neither read, parsed, compiled nor hashed anew. Owned by `serve`.
package struct LiveCompiler: Sendable {
    /// What the store says is live.
    package struct Live: Sendable {
        package var plan: EdgePlan
        package var digests: NetworkDigests
        package var findings: [Finding]
    }

    private var shelf = ConfigurationShelf()
    private var memory = PlanMemory()

    package init() {}

    /// - Throws: `StoreError`.
    package mutating func compile(_ plane: ControlPlane) throws -> Live {
        let snapshot = try plane.store.read { try ControlPlane.snapshot(in: $0, &shelf) }
        shelf.age()
        let (plan, findings) = PlanCompiler.compile(snapshot, &memory)
        return Live(plan: plan, digests: memory.digests(of: plan), findings: findings)
    }
}

/// Stored configurations as they were read before.
struct ConfigurationShelf: Sendable {
    /// What changes whenever a configuration does.
    struct Stamp: Hashable {
        var digest: Digest
        /// An equal digest may stand for another spelling of the same.
        var updatedAt: Timestamp
    }

    private struct Item {
        var stamp: Stamp
        var configuration: Configuration
        var lastUsed: Int
    }

    private var items: [ConfigurationID: Item] = [:]
    private var zones: (journal: Digest, all: [EdgeSnapshot.ZoneContent])?
    private var lists: [ListName: (digest: Digest, contents: ListContents)] = [:]
    private var round = 0

    /// - Parameter read: reads it from the store when it is not at hand.
    mutating func configuration(
        _ id: ConfigurationID, _ stamp: Stamp, orRead fresh: () throws -> Configuration
    ) throws -> Configuration {
        if let known = items[id], known.stamp == stamp {
            items[id]?.lastUsed = round
            return known.configuration
        }
        let configuration = try fresh()
        items[id] = Item(stamp: stamp, configuration: configuration, lastUsed: round)
        return configuration
    }

    /// All zones.
    /// - Parameters:
    ///   - journal: head of the journal of zones; as long as it stays, so do they.
    ///   - read: reads them.
    mutating func zones(
        _ journal: Digest?, orRead fresh: (inout ConfigurationShelf) throws -> [EdgeSnapshot.ZoneContent]
    ) throws -> [EdgeSnapshot.ZoneContent] {
        if let zones, zones.journal == journal { return zones.all }
        // What is known of them is found under their numbers, as versions are.
        for known in zones?.all ?? [] {
            let stamp = Stamp(digest: known.content.digest, updatedAt: known.zone.updatedAt)
            items[known.content.id] = Item(
                stamp: stamp, configuration: known.content.configuration, lastUsed: round)
        }
        let all = try fresh(&self)
        for zone in all { items[zone.content.id] = nil }
        zones = journal.map { ($0, all) }
        return all
    }

    /// The lists that there are; `read` gets the contents of one that is new or changed.
    mutating func lists(_ heads: [NamedList], orRead fresh: (NamedList) throws -> ListContents) throws -> KnownLists {
        var known: [ListName: (digest: Digest, contents: ListContents)] = [:]
        for head in heads {
            if let kept = lists[head.name], kept.digest == head.digest {
                known[head.name] = kept
            } else {
                known[head.name] = (head.digest, try fresh(head))
            }
        }
        lists = known
        return KnownLists(known.map { ($0.key, $0.value.digest, $0.value.contents) })
    }

    /// Lets go what was not asked for in the last rounds. What a version has just taken the place of is what a way back
    /// needs at once.
    mutating func age() {
        items = items.filter { round - $0.value.lastUsed < PlanMemory.rounds }
        round += 1
    }
}
