/// Bytes on their way to the target that are inspected as they pass. The last chunk is held back until the verdict is in,
/// so that what is cut or broken never becomes an object.
actor InspectedStream: ByteStream {
    private let inner: any ByteStream
    private var inspector: ImageInspector
    private var ready: [[UInt8]]
    private var isEnded = false
    /// Why it ended early: the image's flaw, or the source's failure.
    private(set) var flaw: Flaw?
    private(set) var failure: ObjectFailure?
    private(set) var facts: ImageFacts?

    /// - Parameter begun: chunks that the inspector has seen.
    init(_ begun: [[UInt8]], then inner: any ByteStream, inspector: ImageInspector) {
        ready = begun
        self.inner = inner
        self.inspector = inspector
    }

    func next() async throws(ObjectFailure) -> [UInt8]? {
        while ready.count < 2, !isEnded {
            do {
                guard let chunk = try await inner.next() else {
                    isEnded = true
                    break
                }
                try check(inspector.consume(chunk))
                ready.append(chunk)
            } catch {
                if flaw == nil { failure = error }
                throw error
            }
        }
        if isEnded, ready.count <= 1 { try check(inspector.finish()) }
        return ready.isEmpty ? nil : ready.removeFirst()
    }

    nonisolated func close() { inner.close() }

    private func check(_ verdict: Verdict) throws(ObjectFailure) {
        switch verdict {
        case .undecided: break
        case .whole(let facts): self.facts = facts
        case .refused(let flaw):
            self.flaw = flaw
            inner.close()
            throw ObjectFailure(.cut, "the bytes are no whole image")
        }
    }
}
