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

    /// The transport's own thread, for tasks whose work is short and is mostly sending and receiving: what arrives is
    /// handled where it arrived, and no thread waits for or wakes another. Measured with images of 30 kB: a quarter less
    /// processor time. Whoever blocks on it holds up every request.
    package var executor: any TaskExecutor { mailbox }

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
        return try await withThrowingTaskGroup(of: Step.self) { group in
            group.addTask { .opened(await Result { try await stream.opened() }) }
            group.addTask { .sent(await Result { try await stream.send(upload) }) }
            while let step = try await group.next() {
                switch step {
                case .sent(.success): continue
                case .sent(.failure(let cause)): throw cause
                case .opened(.success(let opened)):
                    // The answer may come before the last piece was asked for: then no more are wanted.
                    group.cancelAll()
                    return opened
                case .opened(.failure(let error)):
                    // A source that fails takes the request with it: then its error is the one to tell.
                    group.cancelAll()
                    while let rest = try await group.next() {
                        if case .sent(.failure(let cause)) = rest, !(cause is CancellationError) { throw cause }
                    }
                    throw error
                }
            }
            throw WebError.cancelled(request)
        }
    }

    /// Which half of an upload is done.
    private enum Step: Sendable {
        case opened(Result<WebStream, any Error>)
        case sent(Result<Void, any Error>)
    }
}

extension Result where Failure == any Error, Success: Sendable {
    /// What came of it.
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
