// Rows of a verified plan, read where they stand. They carry two pointers only: hundreds are made for a request.

package struct SelectorRow: BitwiseCopyable {
    let pool: UnsafeRawPointer
    let row: UnsafeRawPointer

    package var environment: UnsafeRawBufferPointer? { pool.text(row) }
    package var routingRule: UnsafeRawBufferPointer? { pool.text(row + 8) }
    package var program: Int { Int(row.word(16)) }
    package var configuration: Int { Int(row.word(20)) }
}

package struct ConfigurationRow: BitwiseCopyable {
    let pool: UnsafeRawPointer
    let row: UnsafeRawPointer

    package var id: Int64 { row.number(0) }
    package var version: Int64? { row.word(56) == 1 ? row.number(8) : nil }
    package var application: UnsafeRawBufferPointer? { pool.text(row + 16) }
    package var defaultOrigin: UnsafeRawBufferPointer? { pool.text(row + 24) }
    package var clientHostHeader: UnsafeRawBufferPointer? { pool.text(row + 32) }
    package var versionHeader: UnsafeRawBufferPointer? { pool.text(row + 40) }
    package var phases: Range<Int> {
        let first = Int(row.word(48))
        return first..<first &+ Int(row.word(52))
    }
}

package struct PhaseRow: BitwiseCopyable {
    let row: UnsafeRawPointer

    /// Number of the phase in execution order.
    package var number: Int { Int(row.word(0)) }
    package var bit: UInt32 { 1 &<< row.word(0) }
    /// Numbers of the rules within the plan: also the places of their counters.
    package var rules: Range<Int> {
        let first = Int(row.word(4))
        return first..<first &+ Int(row.word(8))
    }
}

package struct RuleRow: BitwiseCopyable {
    let pool: UnsafeRawPointer
    let row: UnsafeRawPointer

    package var ref: UnsafeRawBufferPointer { pool.text(row) ?? .init(start: nil, count: 0) }
    package var program: Int { Int(row.word(8)) }
    package var kind: ActionKind { ActionKind(rawValue: row.word(12)) ?? .log }
    /// Status of a redirect or block.
    package var status: Int { Int(row.word(16)) }
    package var preservesQueryString: Bool { row.word(20) == 1 }
    package var skipsRestOfPhase: Bool { row.word(16) == 1 }
    /// Bits of the phases that a skip passes over.
    package var skippedPhases: UInt32 { row.word(20) }
    /// Rows of edits or cache settings.
    package var list: Range<Int> {
        let first = Int(row.word(16))
        return first..<first &+ Int(row.word(20))
    }
    /// Target, path, host header or content type.
    package var first: ValueView { pool.value(row + 24) }
    /// Query, origin or body.
    package var second: ValueView { pool.value(row + 36) }
}

package struct EditRow: BitwiseCopyable {
    let pool: UnsafeRawPointer
    let row: UnsafeRawPointer

    package var name: UnsafeRawBufferPointer { pool.text(row) ?? .init(start: nil, count: 0) }
    package var operation: HeaderEditPlan.Operation {
        .init(rawValue: UInt8(truncatingIfNeeded: row.word(8))) ?? .remove
    }
    package var value: ValueView { pool.value(row + 12) }
}

package struct CacheSettingRow: BitwiseCopyable {
    let pool: UnsafeRawPointer
    let row: UnsafeRawPointer

    package var kind: CacheSettingKind { CacheSettingKind(rawValue: row.word(0)) ?? .eligible }
    /// Seconds, or 1 for yes.
    package var number: Int { Int(row.number(8)) }
    package var firstStatus: Int { Int(row.word(4) & 0xFFFF) }
    package var lastStatus: Int { Int(row.word(4) >> 16) }
    package var text: UnsafeRawBufferPointer { pool.text(row + 8) ?? .init(start: nil, count: 0) }

    /// The same as a value of its own, for people.
    package var setting: CacheSettingPlan {
        switch kind {
        case .eligible: .eligible(number == 1)
        case .edgeTTL: .edgeTTL(number)
        case .browserTTL: .browserTTL(number)
        case .statusTTL: .statusTTL(first: firstStatus, last: lastStatus, seconds: number)
        case .staleWhileUpdating: .staleWhileUpdating(number == 1)
        case .key: .key(String(decoding: text, as: UTF8.self))
        }
    }
}
