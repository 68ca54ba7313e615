/// Sends one HTTP request and returns the whole answer: the port that probes, canaries and object storage call.
///
/// What an implementation promises:
/// - Besides `Host` and `Content-Length` only the headers of the request are sent; no cookies, no stored
///   credentials, no proxy from the environment.
/// - Any answer is a success, whatever its status; an error means that no complete answer came.
/// - Cancelling the task ends the request at once and throws ``WebError/Code/cancelled``.
/// - Any number of requests may be in flight.
package protocol WebTransport: Sendable {
    func send(_ request: WebRequest) async throws(WebError) -> WebResponse
}
