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
        /// Round in which a plan named it last.
        var lastUsed = 0
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
    var round = 0
    var conditions: [ConditionKey: Condition] = [:]
    private var digests: [Network: [String: (zone: ZonePlan, digest: Digest)]] = [:]

    package init() {}

    mutating func takeDigests(from other: PlanMemory) { digests = other.digests }

    /// Digests of a plan's networks.
    package mutating func digests(of plan: EdgePlan) -> NetworkDigests {
        NetworkDigests(production: digest(of: .production, plan), lower: digest(of: .lower, plan))
    }

    private mutating func digest(of network: Network, _ plan: EdgePlan) -> Digest {
        let known = digests[network] ?? [:]
        var next: [String: (zone: ZonePlan, digest: Digest)] = [:]
        let digest = plan.digest(of: network) { zone in
            let kept = known[zone.name].flatMap { $0.zone == zone ? $0.digest : nil }
            let digest = kept ?? EdgePlan.digest(of: zone)
            next[zone.name] = (zone, digest)
            return digest
        }
        digests[network] = next
        return digest
    }
}
