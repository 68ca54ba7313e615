/// Objects and bytes a second, over the last seconds.
struct Speedometer: Sendable {
    /// Weight of what was before, at one look.
    private static let memory = 0.85

    private(set) var objects = 0.0
    private(set) var bytes = 0.0
    private var counted = (objects: 0, bytes: Int64(0))
    private var last: Duration?

    mutating func add(objects: Int, bytes: Int64) {
        counted.objects += objects
        counted.bytes += bytes
    }

    /// - Parameter now: a reading of a clock that never goes back.
    mutating func look(at now: Duration) {
        defer { last = now }
        guard let last, now > last else { return }
        let seconds = (now - last) / .seconds(1)
        let isFirst = objects == 0 && bytes == 0
        func blend(_ old: Double, _ new: Double) -> Double {
            isFirst ? new : old * Self.memory + new * (1 - Self.memory)
        }
        (objects, bytes) = (
            blend(objects, Double(counted.objects) / seconds), blend(bytes, Double(counted.bytes) / seconds)
        )
        counted = (0, 0)
    }
}
