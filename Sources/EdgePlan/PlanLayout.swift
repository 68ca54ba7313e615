/// Where things stand in a payload. All numbers are little-endian; texts and programs are pairs of a 32-bit offset
/// into the pool and a 32-bit length; tables are pairs of a 32-bit offset into the payload and a 32-bit row count.
enum PlanLayout {
    enum Header {
        static let length = 0
        static let format = 4
        static let account = 8
        static let zone = 16
        static let name = 24
        static let countryHeader = 32
        static let hosts = 40
        static let peers = 48
        static let selectors = 56
        static let configurations = 64
        static let phases = 72
        static let rules = 80
        static let edits = 88
        static let cacheSettings = 96
        static let programs = 104
        static let pool = 112
        static let size = 120
    }

    /// Row sizes in bytes.
    enum Row {
        /// Text.
        static let host = 8
        /// Text, family (4 or 6), zero, first and last address as two 64-bit halves each.
        static let peer = 48
        /// Environment, routing rule, program, configuration.
        static let selector = 24
        /// Id, version, four texts, first phase, phase count, whether there is a version, zero.
        static let configuration = 64
        /// Phase number, first rule, rule count, zero.
        static let phase = 16
        /// Ref, program, kind, two numbers, two values.
        static let rule = 48
        /// Name, operation, value.
        static let edit = 24
        /// Kind, statuses (the last in the upper half) or zero, number or text.
        static let cacheSetting = 16
        /// Offset and length.
        static let program = 8
    }

    /// Offset of a text that is not there.
    static let absent = UInt32.max

    enum ValueKind {
        static let none: UInt32 = 0
        /// Followed by offset and length in the pool.
        static let literal: UInt32 = 1
        /// Followed by the program's index and zero.
        static let program: UInt32 = 2
    }
}

/// What a cache setting is about, as its number in an encoded plan.
package enum CacheSettingKind: UInt32, Hashable, Sendable, CaseIterable {
    case eligible = 0
    case edgeTTL = 1
    case browserTTL = 2
    case statusTTL = 3
    case staleWhileUpdating = 4
    case key = 5
}

/// What a rule does, as its number in an encoded plan.
package enum ActionKind: UInt32, BitwiseCopyable, Hashable, Sendable, CaseIterable {
    case redirect = 0
    case rewrite = 1
    case route = 2
    case block = 3
    case skip = 4
    case log = 5
    case editRequestHeaders = 6
    case cache = 7
    case editResponseHeaders = 8
    /// The first value is a record (`LimitLayout`), the first number its number within the plan.
    case limit = 9
    /// The numbers are bits: which settings it sets, and to what.
    case configure = 10

    /// Whether rules of a phase may do this.
    package func isAllowed(in phase: Phase) -> Bool {
        switch self {
        case .skip, .log: true
        case .editResponseHeaders: phase.isResponse
        case .limit: phase == .rateLimit
        case .configure: phase == .configSettings
        default: !phase.isResponse
        }
    }
}
