package import WebTransport

/// Sends the same request to the staging address and to production at the same time and compares the answers.
package struct StagingProbe: Sendable {
    private let transport: any WebTransport
    /// Where the changed edge listens.
    package let staging: WebAddress
    /// Where production listens; nil goes where the name leads.
    package let production: WebAddress?
    package let volatile: VolatileHeaders

    package init(
        transport: any WebTransport, staging: WebAddress, production: WebAddress? = nil,
        ignoring volatile: VolatileHeaders = .standard
    ) {
        self.transport = transport
        self.staging = staging
        self.production = production
        self.volatile = volatile
    }

    /// Probes one request. Never throws: a side without an answer is part of the row.
    package func probe(_ request: WebRequest) async -> ProbeRow {
        async let left = outcome(of: request, at: staging)
        async let right = outcome(of: request, at: production)
        return await ProbeRow(request, staging: left, production: right, ignoring: volatile)
    }

    /// Probes one request and wraps it as a report.
    package func report(_ request: WebRequest) async -> ProbeReport {
        report(rows: [await probe(request)])
    }

    /// Probes many requests, at most `concurrency` at a time (each is two requests on the wire), and keeps their order.
    ///
    /// `onRow` is told of every row as it ends, in the order of ending. After cancellation the remaining rows fail with
    /// ``WebError/Code/cancelled`` without being sent.
    package func report(
        _ requests: [WebRequest], concurrency: Int = 8, onRow: (@Sendable (Int, ProbeRow) -> Void)? = nil
    ) async -> ProbeReport {
        var rows = [ProbeRow?](repeating: nil, count: requests.count)
        await withTaskGroup(of: (Int, ProbeRow).self) { group in
            var waiting = requests.enumerated().makeIterator()
            for _ in 0..<max(1, concurrency) {
                guard let (index, request) = waiting.next() else { break }
                group.addTask { (index, await probe(request)) }
            }
            while let (index, row) = await group.next() {
                rows[index] = row
                onRow?(index, row)
                guard let (next, request) = waiting.next() else { continue }
                group.addTask { (next, await probe(request)) }
            }
        }
        return report(rows: rows.compactMap { $0 })
    }

    private func report(rows: [ProbeRow]) -> ProbeReport {
        ProbeReport(stagingAddress: staging, productionAddress: production, ignoring: volatile, rows: rows)
    }

    private func outcome(of request: WebRequest, at address: WebAddress?) async -> ProbeOutcome {
        var request = request
        request.connectTo = address
        guard !Task.isCancelled else {
            return .failure(
                WebError(
                    .cancelled, subject: "\(request.url)", message: "The probe was cancelled before it was sent.",
                    remedy: "Run it again."))
        }
        do throws(WebError) {
            return .answer(ProbeAnswer(try await transport.send(request)))
        } catch {
            return .failure(error)
        }
    }
}
