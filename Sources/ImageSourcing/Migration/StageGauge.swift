import Synchronization

/// How many transfers wait for what, at this moment.
final class StageGauge: Sendable {
    enum Stage { case source, target, cap }

    private let source = Atomic<Int>(0)
    private let target = Atomic<Int>(0)
    private let cap = Atomic<Int>(0)

    func enter(_ stage: Stage) { add(1, stage) }
    func leave(_ stage: Stage) { add(-1, stage) }

    var sample: (source: Int, target: Int, cap: Int) {
        (source.load(ordering: .relaxed), target.load(ordering: .relaxed), cap.load(ordering: .relaxed))
    }

    private func add(_ count: Int, _ stage: Stage) {
        switch stage {
        case .source: source.wrappingAdd(count, ordering: .relaxed)
        case .target: target.wrappingAdd(count, ordering: .relaxed)
        case .cap: cap.wrappingAdd(count, ordering: .relaxed)
        }
    }
}
