package import EdgePlan

/// What compiling one snapshot has found out and compiling the next can take over, so that a change costs what it
/// changes and next to nothing for each zone that stays as it is. Whatever it holds is compared with what it was made of
/// before it is used: a plan made with it is the plan made without.
package struct PlanMemory: Sendable {
    struct Compiled: Sendable {
        var content: EdgeSnapshot.Content
        var plan: ConfigurationPlan
        var origins: [String: OriginPlan]
        var findings: [Finding]
        /// Digests of the lists that its rules mention; nil for one that was not there.
        var lists: [String: Digest?]
    }

    /// The compilation before.
    struct Last: Sendable {
        var snapshot: EdgeSnapshot
        var plan: EdgePlan
        var uses: ContentUses
    }

    /// What no plan names is kept for so many rounds: a version that another takes the place of is what a way back needs
    /// at once.
    package static let rounds = 16

    struct ConditionKey: Hashable, Sendable {
        var zone: String
        var texts: [String]
        /// Digest of all lists, where a text mentions one.
        var lists: Digest?
    }

    /// An effective rule's condition in one zone; nil: it never holds there.
    typealias Condition = (program: [UInt8], isAlways: Bool)?

    var configurations: [ConfigurationID: Compiled] = [:]
    var conditions: [ConditionKey: Condition] = [:]
    var last: Last?
    private var round = 0
    /// Round in which the last plan that named it stopped to.
    private var left: [ConfigurationID: Int] = [:]
    private var leaves: EdgeLeaves?
    /// Zones whose digests are not those of the last plan; nil: any.
    private var unhashed: Set<String>?

    package init() {}

    /// The next compilation is made from nothing but what was found out about single contents and conditions.
    mutating func forgetLast() {
        if let last { configurations = configurations.filter { last.uses.contains($0.key) } }
        (last, leaves, unhashed) = (nil, nil, nil)
    }

    /// Takes in what was compiled.
    /// - Parameters:
    ///   - zones: names of those that were compiled anew; nil: all.
    ///   - released: contents that plans of before named.
    mutating func note(_ last: Last, compiled zones: Set<String>?, released: some Sequence<ConfigurationID>) {
        for id in released where !last.uses.contains(id) { left[id] = round }
        for (id, since) in left where last.uses.contains(id) || round - since >= Self.rounds {
            left[id] = nil
            if !last.uses.contains(id) { configurations[id] = nil }
        }
        self.last = last
        round += 1
        if let zones { unhashed?.formUnion(zones) } else { (leaves, unhashed) = (nil, nil) }
    }

    /// Digests of the networks of the plan compiled last.
    package mutating func digests(of plan: EdgePlan) -> NetworkDigests {
        if let zones = unhashed {
            leaves?.replace(zones, by: plan)
        } else {
            leaves = EdgeLeaves(plan)
        }
        unhashed = []
        return (leaves ?? EdgeLeaves(plan)).digests(account: plan.account, addresses: plan.lower.addresses)
    }
}
