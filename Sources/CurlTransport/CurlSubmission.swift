import WebTransport

/// A request on its way to the thread, with the place where its outcome is delivered.
struct CurlSubmission: Sendable {
    let number: UInt64
    let request: WebRequest
    let receiver: Receiver

    enum Receiver: Sendable {
        /// The whole answer at once.
        case whole(CheckedContinuation<Result<WebResponse, WebError>, Never>)
        case stream(CurlStream)
    }

    /// Whether it waits for its turn when many are on the wire.
    var isLimited: Bool {
        if case .whole = receiver { true } else { false }
    }

    /// There is no answer.
    func fail(_ error: WebError) {
        switch receiver {
        case .whole(let continuation): continuation.resume(returning: .failure(error))
        case .stream(let stream): stream.finish([], .failure(error))
        }
    }
}
