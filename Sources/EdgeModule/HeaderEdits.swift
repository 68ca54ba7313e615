internal import CEnvoyModule
internal import EdgeEngine
internal import EdgePlan

/// Carries a decision's header edits out.
enum HeaderEdits {
    /// More at once than rules of one request usually ask for; the others are set without looking.
    private static let most = 64

    /// Setting a header makes Envoy look for it first, and for the first one it builds a look-up table; adding one
    /// that is not there comes to the same and costs a fraction.
    ///
    /// - Parameter isPresent: whether the message has a header, before any of the edits.
    @inline(__always)
    static func apply(
        _ edits: UnsafeBufferPointer<HeaderEdit>, _ stream: Stream, isResponse: Bool,
        isPresent: (UnsafeRawBufferPointer) -> Bool
    ) {
        withUnsafeTemporaryAllocation(of: Bool.self, capacity: most) { isNew in
            let looked = min(edits.count, most)
            // All are looked up before the first is carried out: names lie in memory that edits may free.
            for index in 0..<looked {
                let name = edits[index].name
                let isFirst = !edits[..<index].contains { $0.name.isSame(as: name) }
                isNew.initializeElement(at: index, to: isFirst && edits[index].operation == .set && !isPresent(name))
            }
            for index in edits.indices {
                let edit = edits[index]
                switch edit.operation {
                case .set where index < looked && isNew[index], .add:
                    stream.add(edit.name, edit.value, isResponse: isResponse)
                case .set: stream.set(edit.name, edit.value, isResponse: isResponse)
                case .remove: stream.remove(edit.name, isResponse: isResponse)
                }
            }
        }
    }
}
