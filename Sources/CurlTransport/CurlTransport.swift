package import WebTransport

/// ``WebTransport`` by libcurl: one thread drives any number of requests and keeps connections for the next ones.
///
/// The thread starts with the first request and sleeps in `curl_multi_poll` whenever nothing happens, so an idle
/// transport costs nothing. It ends when the transport is closed or released.
package final class CurlTransport: WebTransport {
    private let mailbox: CurlMailbox

    /// At most `concurrency` requests are on the wire, and as many idle connections are kept. Further requests wait
    /// their turn; their deadlines and times begin with it.
    package init(concurrency: Int = 128) {
        mailbox = CurlMailbox(concurrency: max(1, concurrency))
    }

    deinit { mailbox.close() }

    /// Ends every request in flight with ``WebError/Code/closed`` and refuses later ones.
    package func close() { mailbox.close() }

    package func send(_ request: WebRequest) async throws(WebError) -> WebResponse {
        try request.check()
        let number = mailbox.nextNumber()
        let mailbox = mailbox
        let outcome: Result<WebResponse, WebError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                mailbox.start(CurlSubmission(number: number, request: request, continuation: continuation))
                // The handler below may have run before the request was known to the thread, when there was nothing to
                // cancel yet; asking here closes that gap, and cancelling twice does no harm.
                if Task.isCancelled { mailbox.cancel(number) }
            }
        } onCancel: {
            mailbox.cancel(number)
        }
        return try outcome.get()
    }
}

/// A request on its way to the thread, with the place where its one outcome is delivered.
struct CurlSubmission: Sendable {
    let number: UInt64
    let request: WebRequest
    let continuation: CheckedContinuation<Result<WebResponse, WebError>, Never>
}
