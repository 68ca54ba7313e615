internal import EdgeEngine
internal import EdgePlan
internal import RulesLanguage
internal import Synchronization

/// A plan that this process serves. Lives at a fixed address as long as any virtual host names it.
struct LoadedPlan: ~Copyable {
    let digest: PlanDigest
    let accepted: AcceptedPlan
    /// Virtual hosts that carry it; guarded by the table's lock.
    var users = 1
    /// For each configuration its counters and the number of its first rule.
    private let counters: UnsafeMutablePointer<UnsafeMutablePointer<ConfigurationCounters>>
    private let firstRules: UnsafeMutablePointer<Int>

    init(
        digest: PlanDigest, accepted: consuming AcceptedPlan,
        counters: (PlanTable.CountersKey, Int) -> UnsafeMutablePointer<ConfigurationCounters>
    ) {
        let view = accepted.view
        self.digest = digest
        self.accepted = accepted
        self.counters = .allocate(capacity: view.configurationCount)
        firstRules = .allocate(capacity: view.configurationCount)
        for index in 0..<view.configurationCount {
            let rules = Self.rules(view, index)
            (firstRules + index).initialize(to: rules.lowerBound)
            let key = PlanTable.CountersKey(view, view.configuration(index).id)
            (self.counters + index).initialize(to: counters(key, rules.count))
        }
    }

    deinit {
        counters.deallocate()
        firstRules.deallocate()
    }

    /// A configuration's rules stand one after another.
    static func rules(_ view: ZonePlanView, _ configuration: Int) -> Range<Int> {
        let phases = view.configuration(configuration).phases
        guard !phases.isEmpty else { return 0..<0 }
        return view.phase(phases.lowerBound).rules.lowerBound..<view.phase(phases.upperBound &- 1).rules.upperBound
    }

    @inline(__always)
    func counters(_ configuration: Int) -> UnsafeMutablePointer<ConfigurationCounters> { counters[configuration] }

    /// Whether Envoy's first look-up of the route leads to an origin.
    func isUsual(_ origin: UnsafeRawBufferPointer) -> Bool {
        guard let usual = accepted.usualOrigin else { return false }
        return usual.isSame(as: origin)
    }

    func countHits(_ rules: UnsafeBufferPointer<Int>, _ configuration: Int) {
        for rule in rules { counters[configuration].pointee.countHit(rule: rule &- firstRules[configuration]) }
    }
}

/// 32 bytes that name a plan.
struct PlanDigest: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    init(_ bytes: UnsafeRawBufferPointer) {
        func word(_ index: Int) -> UInt64 {
            bytes.count >= 32 ? bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self) : 0
        }
        words = (word(0), word(1), word(2), word(3))
    }

    static func == (a: Self, b: Self) -> Bool { a.words == b.words }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}

/// Plans by digest: an unchanged plan that comes again is neither checked nor copied again.
///
/// The lock is taken when Envoy makes or drops a configuration and when figures are read, never for a request. Dropping
/// happens on workers, while requests that still use the plan keep Envoy's route alive.
final class PlanTable: Sendable {
    static let shared = PlanTable()

    struct State: ~Copyable {
        var plans: [PlanDigest: UnsafeMutablePointer<LoadedPlan>] = [:]
        var counters: [CountersKey: UnsafeMutablePointer<ConfigurationCounters>] = [:]
        /// Of configurations that no plan serves any more, the oldest first: what they counted last is yet to be read,
        /// and one that comes back goes on counting.
        var resting: [Resting] = []
    }

    struct Resting {
        let key: CountersKey
        let counters: UnsafeMutablePointer<ConfigurationCounters>
        /// Their last word, as the plan that could tell their names is gone; without the rules that never held.
        let lines: [String]
    }

    /// So many of them at most.
    private static let mostResting = 32

    /// A configuration that serves several zones is counted for each of them, so that both can be told.
    struct CountersKey: Hashable {
        var zone: String
        /// Never given twice.
        var configuration: Int64

        init(_ view: ZonePlanView, _ configuration: Int64) {
            zone = String(decoding: view.name, as: UTF8.self)
            self.configuration = configuration
        }
    }

    private let state = Mutex(State())

    /// Throws `PlanRefusal`.
    func take(_ bytes: UnsafeRawBufferPointer) throws(PlanRefusal) -> UnsafeMutableRawPointer {
        let envelope = try PlanEnvelope(bytes)
        let digest = PlanDigest(envelope.digest)
        if let known = try known(digest, envelope.payload) { return known }
        let accepted = try AcceptedPlan(envelope.payload)
        return add(digest, accepted)
    }

    private func known(
        _ digest: PlanDigest, _ payload: UnsafeRawBufferPointer
    ) throws(PlanRefusal) -> UnsafeMutableRawPointer? {
        let (found, isSame): (UInt?, Bool) = state.withLock { state in
            guard let plan = state.plans[digest] else { return (nil, true) }
            guard plan.pointee.accepted.isSame(as: payload) else { return (nil, false) }
            plan.pointee.users += 1
            return (UInt(bitPattern: plan), true)
        }
        guard isSame else { throw PlanRefusal("envelope", "its digest is that of another plan") }
        return found.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
    }

    private func add(_ digest: PlanDigest, _ accepted: consuming AcceptedPlan) -> UnsafeMutableRawPointer {
        let place = UnsafeMutablePointer<LoadedPlan>.allocate(capacity: 1)
        let address = UInt(bitPattern: place)
        var plan: AcceptedPlan? = consume accepted
        state.withLock { state in
            guard let place = UnsafeMutablePointer<LoadedPlan>(bitPattern: address), let accepted = plan.take() else {
                return
            }
            place.initialize(
                to: LoadedPlan(digest: digest, accepted: accepted) { key, ruleCount in
                    Self.counters(&state, key, ruleCount)
                })
            state.plans[digest] = place
        }
        return UnsafeMutableRawPointer(place)
    }

    /// Those of a plan before, if it counted the same rules.
    private static func counters(
        _ state: inout State, _ key: CountersKey, _ ruleCount: Int
    ) -> UnsafeMutablePointer<ConfigurationCounters> {
        if let known = state.counters[key], known.pointee.ruleCount == ruleCount {
            known.pointee.users += 1
            return known
        }
        if let place = state.resting.firstIndex(where: { $0.key == key }) {
            let rested = state.resting.remove(at: place).counters
            if rested.pointee.ruleCount == ruleCount {
                rested.pointee.users = 1
                state.counters[key] = rested
                return rested
            }
            free(rested)
        }
        let new = UnsafeMutablePointer<ConfigurationCounters>.allocate(capacity: 1)
        new.initialize(to: ConfigurationCounters(ruleCount: ruleCount))
        new.pointee.users = 1
        state.counters[key] = new
        return new
    }

    func drop(_ pointer: UnsafeMutableRawPointer) {
        let address = UInt(bitPattern: pointer)
        state.withLock { state in
            guard let plan = UnsafeMutablePointer<LoadedPlan>(bitPattern: address) else { return }
            plan.pointee.users -= 1
            guard plan.pointee.users == 0 else { return }
            if state.plans[plan.pointee.digest] == plan { state.plans[plan.pointee.digest] = nil }
            let view = plan.pointee.accepted.view
            for index in 0..<view.configurationCount {
                let counters = plan.pointee.counters(index)
                counters.pointee.users -= 1
                guard counters.pointee.users == 0 else { continue }
                let key = CountersKey(view, view.configuration(index).id)
                guard state.counters[key] == counters else {
                    Self.free(counters)
                    continue
                }
                state.counters[key] = nil
                Self.rest(counters, of: key, FiguresText.lines(view, index, counters), &state)
            }
            plan.deinitialize(count: 1)
            plan.deallocate()
        }
    }

    private static func rest(
        _ counters: UnsafeMutablePointer<ConfigurationCounters>, of key: CountersKey, _ lines: [String],
        _ state: inout State
    ) {
        guard counters.pointee.requests > 0 else { return free(counters) }
        if state.resting.count == mostResting { free(state.resting.removeFirst().counters) }
        let told = lines.filter { !$0.hasSuffix("\"hits\":0}") }
        state.resting.append(Resting(key: key, counters: counters, lines: told))
    }

    private static func free(_ counters: UnsafeMutablePointer<ConfigurationCounters>) {
        counters.deinitialize(count: 1)
        counters.deallocate()
    }

    /// Calls for each plan, under the lock.
    /// - Returns: the lines of configurations that no plan serves any more.
    func visit(_ body: (borrowing LoadedPlan) -> Void) -> [String] {
        state.withLock { state in
            for plan in state.plans.values { body(plan.pointee) }
            return state.resting.flatMap(\.lines)
        }
    }
}
