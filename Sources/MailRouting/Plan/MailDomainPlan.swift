package import EdgeModel
package import EdgePlan
internal import RulesLanguage

/// The rules of one domain, compiled: exact addresses and senders by hash, conditions as programs behind gates. Immutable;
/// a plan of another version that holds the same rules holds the same object.
package final class MailDomainPlan: Sendable {
    package let ruleset: MailRuleset
    /// Number of the version the rules come from.
    package let version: Int
    package let digest: Digest
    /// Digest of each list that its conditions mention; nil for one that is not there.
    let lists: [String: Digest?]

    /// First rule of each local part, then the next of the same; -1: none.
    private let addresses: [String: Int32]
    private let nextOfAddress: [Int32]
    private let senders: [String: Int32]
    private let nextOfSender: [Int32]
    /// Positions of all enabled rules that ask for more than the recipient and decide.
    private let firstUncertain: Int32
    let envelope: MailConditionTable
    let content: MailConditionTable

    /// - Throws: `ExpressionErrors` for a ruleset with a condition that does not compile; a checked one has none.
    package init(_ ruleset: MailRuleset, version: Int, lists known: KnownLists = .none) throws {
        self.ruleset = ruleset
        self.version = version
        lists = known.digests(of: ruleset.usedLists)
        let listed = lists.sorted { $0.key < $1.key }.map { " \($0.key) \($0.value?.rawValue ?? "")" }
        digest = listed.isEmpty ? ruleset.digest : Digest.sha256(of: ruleset.digest.rawValue + listed.joined())
        var (addresses, senders) = ([String: Int32](), [String: Int32]())
        var (lastOfAddress, lastOfSender) = ([String: Int32](), [String: Int32]())
        var nextOfAddress = [Int32](repeating: -1, count: ruleset.rules.count)
        var nextOfSender = nextOfAddress
        var conditions: [(rule: Int32, condition: MailCondition)] = []
        var firstUncertain = Int32.max
        for (position, rule) in ruleset.rules.enumerated() {
            let index = Int32(position)
            switch rule.matcher {
            case .address(let address):
                if let last = lastOfAddress.updateValue(index, forKey: address.local) {
                    nextOfAddress[Int(last)] = index
                } else {
                    addresses[address.local] = index
                }
            case .sender(let sender):
                if let last = lastOfSender.updateValue(index, forKey: sender.description) {
                    nextOfSender[Int(last)] = index
                } else {
                    senders[sender.description] = index
                }
                if rule.enabled, rule.action.isFinal { firstUncertain = min(firstUncertain, index) }
            case .expression(let text):
                // A disabled condition is kept from the start: it never matches and keeps no address.
                guard rule.enabled else { continue }
                let condition = try MailCondition(text)
                // A rule that is left out matches nobody; one that never matches is better than no mail at all.
                guard condition.isWithLists(known) else { continue }
                conditions.append((index, condition))
                if rule.action.isFinal { firstUncertain = min(firstUncertain, index) }
            }
        }
        (self.addresses, self.senders) = (addresses, senders)
        (self.nextOfAddress, self.nextOfSender) = (nextOfAddress, nextOfSender)
        self.firstUncertain = firstUncertain
        envelope = try MailConditionTable(conditions.filter { !$0.condition.needsContent }, known)
        content = try MailConditionTable(conditions.filter(\.condition.needsContent), known)
    }

    /// Whether a rule is in force at a time.
    func isLive(_ rule: MailRule, _ now: Timestamp) -> Bool {
        rule.enabled && rule.expires.map { now < $0 } ?? true
    }

    func firstRule(ofLocal local: String) -> Int32 { addresses[local] ?? -1 }
    func rule(ofAddressAfter index: Int32) -> Int32 { nextOfAddress[Int(index)] }
    func firstRule(ofSender sender: String) -> Int32 { senders[sender] ?? -1 }
    func rule(ofSenderAfter index: Int32) -> Int32 { nextOfSender[Int(index)] }

    /// Whether some rule, enabled or not, decides about exactly this local part.
    func isClaimed(_ local: String) -> Bool {
        var index = firstRule(ofLocal: local)
        while index >= 0 {
            if ruleset.rules[Int(index)].action.isFinal { return true }
            index = rule(ofAddressAfter: index)
        }
        return false
    }

    /// Whether a sender or a condition may decide before the rule at this position does.
    func isUncertain(before position: Int32) -> Bool { firstUncertain < position }
}
