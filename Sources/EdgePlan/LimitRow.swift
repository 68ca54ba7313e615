/// Where the parts of a limit stand in its record, which lies in the pool: the rule's first value. Numbers are
/// little-endian words; a text is an offset into the pool and a length.
enum LimitLayout {
    static let period = 0
    static let requests = 4
    static let mitigation = 8
    /// 0: nothing is refused.
    static let status = 12
    static let contentType = 16
    static let body = 24
    /// Index of the program that says what counts; `PlanLayout.absent`: the rule's own condition.
    static let counting = 32
    /// 1: what counts is asked when the response is there.
    static let atResponse = 36
    static let characteristicCount = 40
    /// A zero follows the count.
    static let characteristics = 48
    /// Kind, zero, text.
    static let characteristicSize = 16
}

package enum CharacteristicKind: UInt32, Sendable {
    case client = 0
    case host = 1
    case path = 2
    case header = 3
    case cookie = 4
}

/// A limit of a verified plan, read where it stands.
package struct LimitRow: BitwiseCopyable {
    let pool: UnsafeRawPointer
    let row: UnsafeRawPointer

    /// In seconds.
    package var period: Int { Int(row.word(LimitLayout.period)) }
    package var requests: Int { Int(row.word(LimitLayout.requests)) }
    /// In seconds.
    package var mitigation: Int { Int(row.word(LimitLayout.mitigation)) }
    /// Nil: requests over the limit are only marked.
    package var status: Int? { row.word(LimitLayout.status) == 0 ? nil : Int(row.word(LimitLayout.status)) }
    package var contentType: UnsafeRawBufferPointer? { pool.text(row + LimitLayout.contentType) }
    package var body: UnsafeRawBufferPointer? { pool.text(row + LimitLayout.body) }
    /// Index of the program that says what counts.
    package var counting: Int? {
        let index = row.word(LimitLayout.counting)
        return index == PlanLayout.absent ? nil : Int(index)
    }
    package var countsAtResponse: Bool { row.word(LimitLayout.atResponse) == 1 }
    package var characteristicCount: Int { Int(row.word(LimitLayout.characteristicCount)) }

    package func characteristic(_ index: Int) -> (kind: CharacteristicKind, name: UnsafeRawBufferPointer?) {
        let place = row + LimitLayout.characteristics + index &* LimitLayout.characteristicSize
        return (CharacteristicKind(rawValue: place.word(0)) ?? .client, pool.text(place + 8))
    }
}

extension RuleRow {
    /// Of a rule of that kind.
    package var limit: LimitRow? {
        guard case .literal(let record) = first, let start = record.baseAddress else { return nil }
        return LimitRow(pool: pool, row: start)
    }

    /// Number of the limit within the plan.
    package var limitNumber: Int { Int(row.word(16)) }

    /// What a rule of that kind says of hotlinks; nil: nothing.
    package var hotlinkProtection: Bool? { row.word(16) & 1 == 0 ? nil : row.word(20) & 1 == 1 }
}

extension ZonePlanDecoder {
    static func limit(_ row: LimitRow, _ view: ZonePlanView) -> LimitPlan {
        func text(_ bytes: UnsafeRawBufferPointer?) -> String { String(decoding: bytes ?? .empty, as: UTF8.self) }
        return LimitPlan(
            period: row.period, requests: row.requests, mitigation: row.mitigation,
            characteristics: (0..<row.characteristicCount).map { index in
                let (kind, name) = row.characteristic(index)
                return switch kind {
                case .client: .client
                case .host: .host
                case .path: .path
                case .header: .header(text(name))
                case .cookie: .cookie(text(name))
                }
            },
            counting: row.counting.map {
                CountingPlan(condition: Array(view.program($0)), atResponse: row.countsAtResponse)
            },
            answer: row.status.map {
                LimitAnswerPlan(status: $0, contentType: text(row.contentType), body: text(row.body))
            })
    }
}

extension UnsafeRawBufferPointer {
    fileprivate static var empty: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }
}
