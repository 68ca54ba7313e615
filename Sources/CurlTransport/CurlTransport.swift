package import WebTransport

/// ``WebTransport`` by libcurl: one thread drives any number of requests and keeps connections for the next ones.
///
/// The thread starts with the first request and sleeps whenever nothing happens, so an idle transport costs nothing. It
/// ends when the transport is closed or released.
package final class CurlTransport: WebTransport {
    private let mailbox: CurlMailbox

    /// At most `concurrency` requests are on the wire, and as many idle connections are kept. Further requests wait
    /// their turn; their deadlines and times begin with it. Streams are not counted.
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
                mailbox.start(CurlSubmission(number: number, request: request, receiver: .whole(continuation)))
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

extension CurlTransport: WebStreaming {
    package func open(_ request: WebRequest, _ options: WebStreamOptions) async throws -> WebStream {
        try request.check()
        let stream = CurlStream(number: mailbox.nextNumber(), request: request, options: options, mailbox: mailbox)
        guard let upload = options.upload else { return try await stream.opened() }
        return try await withThrowingTaskGroup(of: WebStream?.self) { group in
            group.addTask { try await stream.opened() }
            group.addTask {
                try await stream.send(upload)
                return nil
            }
            // The answer may come before the last piece was asked for: then no more are wanted.
            while let opened = try await group.next() {
                guard let opened else { continue }
                group.cancelAll()
                return opened
            }
            throw WebError.cancelled(request)
        }
    }
}
