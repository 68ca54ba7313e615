package import RulesLanguage

/// Reads a verified payload in place: no copies, no references, no checks (`ZonePlanVerifier` made them).
///
/// Made by the verifier only. Valid as long as the payload's memory. Indexes handed to it must come from it.
package struct ZonePlanView: BitwiseCopyable, @unchecked Sendable {
    let base: UnsafeRawPointer
    let pool: UnsafeRawPointer
    package let selectorCount: Int
    package let configurationCount: Int
    package let ruleCount: Int
    package let peerCount: Int
    package let hostCount: Int
    package let programCount: Int
    package let phaseCount: Int
    package let editCount: Int
    private let selectors: UnsafeRawPointer
    private let configurations: UnsafeRawPointer
    private let phases: UnsafeRawPointer
    private let rules: UnsafeRawPointer
    private let edits: UnsafeRawPointer
    private let cacheSettings: UnsafeRawPointer
    private let programs: UnsafeRawPointer
    private let peers: UnsafeRawPointer
    private let hosts: UnsafeRawPointer

    /// - Parameter payload: bounds of header and tables already checked.
    init(unchecked base: UnsafeRawPointer) {
        self.base = base
        func table(_ field: Int) -> (UnsafeRawPointer, Int) {
            (base + Int(base.word(field)), Int(base.word(field &+ 4)))
        }
        (hosts, hostCount) = table(PlanLayout.Header.hosts)
        (peers, peerCount) = table(PlanLayout.Header.peers)
        (selectors, selectorCount) = table(PlanLayout.Header.selectors)
        (configurations, configurationCount) = table(PlanLayout.Header.configurations)
        (phases, phaseCount) = table(PlanLayout.Header.phases)
        (rules, ruleCount) = table(PlanLayout.Header.rules)
        (edits, editCount) = table(PlanLayout.Header.edits)
        (cacheSettings, _) = table(PlanLayout.Header.cacheSettings)
        (programs, programCount) = table(PlanLayout.Header.programs)
        (pool, _) = table(PlanLayout.Header.pool)
    }

    package var account: Int64 { base.number(PlanLayout.Header.account) }
    package var zone: Int64 { base.number(PlanLayout.Header.zone) }
    package var name: UnsafeRawBufferPointer { text(base + PlanLayout.Header.name) ?? .init(start: nil, count: 0) }
    /// Lower-case name of the header that trusted peers tell the country in.
    package var countryHeader: UnsafeRawBufferPointer? { text(base + PlanLayout.Header.countryHeader) }

    package func host(_ index: Int) -> UnsafeRawBufferPointer? { text(hosts + index &* PlanLayout.Row.host) }

    package func peerText(_ index: Int) -> UnsafeRawBufferPointer? { text(peers + index &* PlanLayout.Row.peer) }

    /// Whether an address is in one of the trusted networks.
    package func isTrusted(_ address: IPAddress) -> Bool {
        var index = 0
        while index < peerCount {
            let row = peers + index &* PlanLayout.Row.peer
            let (high, low) = (address.high, address.low)
            let (firstHigh, firstLow) = (UInt64(bitPattern: row.number(16)), UInt64(bitPattern: row.number(24)))
            let (lastHigh, lastLow) = (UInt64(bitPattern: row.number(32)), UInt64(bitPattern: row.number(40)))
            let isAfterFirst = high > firstHigh || (high == firstHigh && low >= firstLow)
            let isBeforeLast = high < lastHigh || (high == lastHigh && low <= lastLow)
            if (row.word(8) == 6) == address.isIPv6, isAfterFirst, isBeforeLast { return true }
            index &+= 1
        }
        return false
    }

    package func selector(_ index: Int) -> SelectorRow {
        SelectorRow(pool: pool, row: selectors + index &* PlanLayout.Row.selector)
    }

    package func configuration(_ index: Int) -> ConfigurationRow {
        ConfigurationRow(pool: pool, row: configurations + index &* PlanLayout.Row.configuration)
    }

    package func phase(_ index: Int) -> PhaseRow { PhaseRow(row: phases + index &* PlanLayout.Row.phase) }

    package func rule(_ index: Int) -> RuleRow { RuleRow(pool: pool, row: rules + index &* PlanLayout.Row.rule) }

    package func edit(_ index: Int) -> EditRow { EditRow(pool: pool, row: edits + index &* PlanLayout.Row.edit) }

    package func cacheSetting(_ index: Int) -> CacheSettingRow {
        CacheSettingRow(pool: pool, row: cacheSettings + index &* PlanLayout.Row.cacheSetting)
    }

    /// Bytes of a program.
    @inline(__always)
    package func program(_ index: Int) -> UnsafeRawBufferPointer {
        let row = programs + index &* PlanLayout.Row.program
        return UnsafeRawBufferPointer(start: pool + Int(row.word(0)), count: Int(row.word(4)))
    }

    @inline(__always)
    func text(_ place: UnsafeRawPointer) -> UnsafeRawBufferPointer? { pool.text(place) }
}

/// A value as it stands in a plan.
package enum ValueView: BitwiseCopyable {
    case none
    case literal(UnsafeRawBufferPointer)
    /// Index for `ZonePlanView.program`.
    case program(Int)

    /// Whether it is known that the value may stand in a header: the verifier has seen those that are written out.
    package var isVerified: Bool { if case .program = self { false } else { true } }
}

/// On the address of the pool: what a place in a table refers to.
extension UnsafeRawPointer {
    @inline(__always)
    func text(_ place: UnsafeRawPointer) -> UnsafeRawBufferPointer? {
        let offset = place.word(0)
        guard offset != PlanLayout.absent else { return nil }
        return UnsafeRawBufferPointer(start: self + Int(offset), count: Int(place.word(4)))
    }

    @inline(__always)
    func value(_ place: UnsafeRawPointer) -> ValueView {
        switch place.word(0) {
        case PlanLayout.ValueKind.literal: text(place + 4).map { .literal($0) } ?? .none
        case PlanLayout.ValueKind.program: .program(Int(place.word(4)))
        default: .none
        }
    }
}

extension UnsafeRawPointer {
    @inline(__always)
    func word(_ offset: Int) -> UInt32 { UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }

    @inline(__always)
    func number(_ offset: Int) -> Int64 { Int64(littleEndian: loadUnaligned(fromByteOffset: offset, as: Int64.self)) }
}
