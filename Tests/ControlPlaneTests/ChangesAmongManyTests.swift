import ControlPlane
import EdgeModel
import EdgePlan
import Synchronization
import TestKit
import Testing

/// Planning looks at the zones that a change touches and keeps digests of all others. What comes of it must be what
/// comes of looking at all of them.
@Suite("One change among many zones")
struct ChangesAmongManyTests {
    /// Loses what it holds, or a byte of it, now and then.
    final class Shelf: LeafCache {
        private let bytes = Mutex<[UInt8]?>(nil)
        func load() -> [UInt8]? { bytes.withLock { $0 } }
        func keep(_ new: [UInt8]) { bytes.withLock { $0 = new } }
        func lose() { bytes.withLock { $0 = nil } }
        func damage(at place: Int) {
            bytes.withLock { bytes in
                guard let count = bytes?.count, count > 0 else { return }
                bytes?[place % count] ^= 1
            }
        }
    }

    private static func options() -> ApplyOptions {
        var options = ApplyOptions()
        (options.acceptWarnings, options.force, options.allowStaleBase) = (true, true, true)
        options.reason = "test"
        return options
    }

    /// What a plan says in full: the findings that were not there before, and those of what would be served newly.
    private static func expected(_ plan: Plan, _ old: [Finding], _ new: [Finding]) -> [Finding] {
        let known = Set(old)
        let target: String? =
            switch plan.change {
            case .assignment(let application, _, _, let to?): "\(application)@\(to):"
            // An undone change of a zone brings back what was told before.
            case .zone(let name, _?, _?) where plan.undoes == nil: "zone \(name):"
            default: nil
            }
        return new.filter { finding in
            !known.contains(finding) || target.map { finding.place.hasPrefix($0) } ?? false
        }
    }

    @Test("Plans, digests and findings of random changes are those of looking at all zones", arguments: 0..<6)
    func sameAsAll(round: Int) throws {
        var random = SeededGenerator.announced("one change among many zones, round \(round)")
        let (account, shelf) = (try Account(), Shelf())
        let plane = ControlPlane(
            store: account.store, actor: Actor(name: "ada", uid: 1000),
            now: { Timestamp(milliseconds: 1_800_000_000_000) },
            random: { [UInt8](repeating: 7, count: $0) }, leaves: shelf)
        var changes = RandomChanges(account, random)
        var (live, kept) = (LiveCompiler(), 0)
        for step in 0..<120 {
            guard let request = try? changes.next(), let plan = try? plane.plan(request) else { continue }
            if Int.random(in: 0..<12, using: &random) == 0 { shelf.lose() }
            if Int.random(in: 0..<12, using: &random) == 0 {
                shelf.damage(at: Int.random(in: 0..<9_000, using: &random))
            }
            let what = "step \(step): \(plan.title)"
            #expect(try account.plane().plan(request).document == plan.document, "\(what)")
            let (before, old) = try account.plane().compile()
            #expect(plan.before == NetworkDigests(before), "\(what)")
            guard let deployment = try? plane.apply(plan, Self.options()) else { continue }
            kept += 1
            let (after, new) = try account.plane().compile()
            #expect(deployment.production == NetworkDigests(after).production, "\(what)")
            #expect(deployment.lower == NetworkDigests(after).lower, "\(what)")
            if case .zone(_, nil, _) = plan.change {
            } else {
                #expect(plan.after == NetworkDigests(after), "\(what)")
                let found = plan.findings.filter { $0.code != "rolled-back" }
                #expect(found == Self.expected(plan, old, new), "\(what)")
            }
            // Not after each: what it takes over may be several changes old.
            guard Int.random(in: 0..<3, using: &random) > 0 else { continue }
            let compiled = try live.compile(account.plane())
            #expect(compiled.plan == after, "\(what)")
            #expect(compiled.findings == new, "\(what)")
            #expect(compiled.digests == NetworkDigests(after), "\(what)")
        }
        #expect(kept >= 20, "otherwise next to nothing was tried")
    }
}
