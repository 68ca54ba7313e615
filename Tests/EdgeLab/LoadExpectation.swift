import Synchronization

/// The value that the counted header has to have from now on, as somebody outside says: a change is acknowledged, so
/// whatever is asked from now on is to be answered by the new version.
final class LoadExpectation: Sendable {
    /// What held when a request was sent.
    struct Moment: Equatable {
        /// nil: any value is right.
        let value: String?
        fileprivate let generation: Int
    }

    private let state = Mutex(Moment(value: nil, generation: 0))

    var now: Moment { state.withLock { $0 } }

    func set(_ value: String?) {
        state.withLock { $0 = Moment(value: value, generation: $0.generation + 1) }
    }

    /// Whether an answer that has just come is wrong: the request was sent when a value was expected, nobody has said
    /// otherwise since, and the answer has another. What was under way while a change was made may have either.
    func isWrong(_ value: String?, sentAt moment: Moment) -> Bool {
        guard let expected = moment.value, now == moment else { return false }
        return value != expected
    }
}
