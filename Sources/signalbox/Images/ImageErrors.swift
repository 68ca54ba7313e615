internal import ImageSourcing

extension ErrorReport {
    /// What a store said, about the place it was asked at.
    init(_ failure: ObjectFailure, at place: String) {
        let kind: Failure =
            switch failure.code {
            case .denied: .refused
            case .gone, .missing: .notFound
            case .timedOut: .timedOut
            case .throttled, .unavailable, .unreachable, .cut, .quota: .unavailable
            case .changed: .conflict
            case .archived, .unsatisfiable, .refused, .badName, .unreadable: .invalid
            case .local: .io
            case .cancelled: .interrupted
            }
        self.init(kind, at: place, failure.message, remedy: failure.remedy.isEmpty ? nil : failure.remedy)
    }

    init(_ error: LedgerError) {
        let kind: Failure =
            switch error.code {
            case .busy: .stateBusy
            case .full: .stateFull
            case .damaged: .stateCorrupt
            case .readOnly: .stateReadOnly
            case .newer: .stateNewer
            case .io: .io
            }
        self.init(kind, at: error.place, error.message, remedy: error.remedy)
    }
}
