internal import ControlPlane
internal import EdgeModel

/// Every kind of failure this program knows and the status it exits with; the one table of both.
enum Failure: String, CaseIterable, Sendable {
    case usage
    case invalid
    case notFound = "not-found"
    case exists
    case refused
    case notConfirmed = "not-confirmed"
    case conflict
    case stale
    case unavailable
    /// Committed, but nodes stand still before it.
    case held
    case timedOut = "timed-out"
    case stateMissing = "state-missing"
    case stateBusy = "state-busy"
    case stateReadOnly = "state-read-only"
    case stateFull = "state-full"
    case stateCorrupt = "state-corrupt"
    case stateNewer = "state-newer"
    case stateOlder = "state-older"
    case stateUnreadable = "state-unreadable"
    case stateRefused = "state-refused"
    case io
    case internalError = "internal"
    case interrupted

    /// sysexits(3) where it has a word for it, `timeout(1)` and the shell otherwise.
    var status: Int32 {
        switch self {
        case .held: 1
        case .usage: 64
        case .invalid: 65
        case .notFound, .stateMissing: 66
        case .unavailable, .stateFull, .stateNewer, .stateOlder, .stateUnreadable: 69
        case .stateCorrupt, .internalError: 70
        case .exists, .io: 73
        case .conflict, .stateBusy: 75
        case .refused, .notConfirmed, .stale, .stateReadOnly, .stateRefused: 77
        case .timedOut: 124
        case .interrupted: 130
        }
    }

    /// Whether the state itself is the matter.
    var isOfState: Bool { rawValue.hasPrefix("state-") }

    /// What helps after this kind of failure whatever the case; nil: help on the verb does.
    var nextCommand: String? {
        switch self {
        case .stateMissing: "signalbox init"
        case .stateOlder: "signalbox state migrate"
        case .stateBusy, .stateReadOnly, .stateFull, .stateCorrupt, .stateNewer, .stateUnreadable, .stateRefused,
            .internalError:
            "signalbox doctor"
        case .conflict, .stale: "signalbox history"
        case .timedOut, .held: "signalbox node list"
        case .unavailable: "signalbox status"
        case .usage, .invalid, .notFound, .exists, .refused, .notConfirmed, .io, .interrupted: nil
        }
    }

    init(_ code: ControlPlaneError.Code) {
        self =
            switch code {
            case .usage: .usage
            case .invalid: .invalid
            case .notFound: .notFound
            case .exists: .exists
            case .refused: .refused
            case .conflict: .conflict
            case .stale: .stale
            case .unavailable: .unavailable
            case .timedOut: .timedOut
            }
    }

    init(_ code: StoreError.Code) {
        self =
            switch code {
            case .missing: .stateMissing
            case .busy: .stateBusy
            case .readOnly: .stateReadOnly
            case .full: .stateFull
            case .corrupt: .stateCorrupt
            case .badBackup: .invalid
            case .newerSchema: .stateNewer
            case .olderSchema: .stateOlder
            case .cannotOpen, .io: .stateUnreadable
            // The place is the matter and not a state, which is not there yet.
            case .cannotCreate: .io
            case .refused: .stateRefused
            }
    }
}
