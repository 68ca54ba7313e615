import Synchronization
import WebTransport

/// What the reader of a streamed answer and the curl thread share: one piece ready, and who waits for whom.
///
/// At most a window being gathered, a piece that is ready and what libcurl holds back during a pause are in memory.
final class CurlStream: Sendable {
    typealias Opening = CheckedContinuation<Result<WebStream, WebError>, Never>
    typealias Waiting = CheckedContinuation<Result<[UInt8]?, WebError>, Never>

    /// Status and headers.
    struct Head: Sendable {
        let status: Int
        let headers: WebHeaders
        let length: Int64?
    }

    private struct State {
        var opening: Opening?
        var waiting: Waiting?
        var piece: [UInt8]?
        var last: [UInt8]?
        var end: Result<Void, WebError>?
        /// The thread found no room and has stopped reading.
        var isPaused = false
    }

    let number: UInt64
    let request: WebRequest
    let options: WebStreamOptions
    let outgoing = CurlOutgoing()
    private let mailbox: CurlMailbox
    private let state = Mutex(State())

    init(number: UInt64, request: WebRequest, options: WebStreamOptions, mailbox: CurlMailbox) {
        self.number = number
        self.request = request
        self.options = options
        self.mailbox = mailbox
    }

    // MARK: the reader's side

    /// Starts the request and waits for the beginning of its answer. Once only.
    func opened() async throws(WebError) -> WebStream {
        let outcome: Result<WebStream, WebError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { $0.opening = continuation }
                mailbox.start(CurlSubmission(number: number, request: request, receiver: .stream(self)))
                // As in `CurlTransport.send`: the handler may have run before the thread knew the request.
                if Task.isCancelled { mailbox.cancel(number) }
            }
        } onCancel: {
            mailbox.cancel(number)
        }
        return try outcome.get()
    }

    func next() async throws(WebError) -> [UInt8]? {
        if let ready = take() { return try ready.get() }
        let outcome: Result<[UInt8]?, WebError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // It may have arrived since it was asked for.
                let ready = state.withLock { state in
                    let ready = Self.take(&state)
                    if ready == nil { state.waiting = continuation }
                    return ready
                }
                if let ready {
                    if ready.proceeds { mailbox.proceed(number) }
                    continuation.resume(returning: ready.result)
                }
                if Task.isCancelled { mailbox.cancel(number) }
            }
        } onCancel: {
            mailbox.cancel(number)
        }
        return try outcome.get()
    }

    func close() {
        let isOver = state.withLock { state in
            state.piece = nil
            return state.end != nil
        }
        if !isOver { mailbox.cancel(number) }
    }

    private struct Ready {
        let result: Result<[UInt8]?, WebError>
        var proceeds = false
        func get() throws(WebError) -> [UInt8]? { try result.get() }
    }

    private func take() -> Ready? {
        let ready = state.withLock { Self.take(&$0) }
        if ready?.proceeds == true { mailbox.proceed(number) }
        return ready
    }

    private static func take(_ state: inout State) -> Ready? {
        if let piece = state.piece {
            state.piece = nil
            defer { state.isPaused = false }
            return Ready(result: .success(piece), proceeds: state.isPaused)
        }
        if let last = state.last {
            state.last = nil
            return Ready(result: .success(last))
        }
        return state.end.map { Ready(result: $0.map { nil }) }
    }

    // MARK: the thread's side

    /// Hands a piece over; false when the reader has not taken the one before, and the thread is to pause.
    func offer(_ piece: [UInt8], head: () -> Head) -> Bool {
        let (opening, waiting, isTaken) = state.withLock { state -> (Opening?, Waiting?, Bool) in
            if let opening = state.opening {
                state.opening = nil
                return (opening, nil, true)
            }
            if let waiting = state.waiting {
                state.waiting = nil
                return (nil, waiting, true)
            }
            if state.piece == nil {
                state.piece = piece
                return (nil, nil, true)
            }
            state.isPaused = true
            return (nil, nil, false)
        }
        if let opening { opening.resume(returning: .success(stream(head(), first: piece, isWhole: false))) }
        if let waiting { waiting.resume(returning: .success(piece)) }
        return isTaken
    }

    /// The transfer is over: `rest` is what has not been handed over.
    func finish(_ rest: [UInt8], _ result: Result<Head, WebError>) {
        outgoing.stop()
        let (opening, waiting, taken) = state.withLock { state -> (Opening?, Waiting?, Ready?) in
            guard state.end == nil else { return (nil, nil, nil) }
            state.end = result.map { _ in }
            let opening = state.opening
            state.opening = nil
            guard opening == nil else { return (opening, nil, nil) }
            if !rest.isEmpty { state.last = rest }
            let waiting = state.waiting
            state.waiting = nil
            return (nil, waiting, waiting == nil ? nil : Self.take(&state))
        }
        if let opening {
            opening.resume(returning: result.map { stream($0, first: rest, isWhole: true) })
        }
        if let waiting, let taken { waiting.resume(returning: taken.result) }
    }

    private func stream(_ head: Head, first: [UInt8], isWhole: Bool) -> WebStream {
        WebStream(
            status: head.status, headers: head.headers, length: head.length, first: first,
            rest: isWhole ? nil : CurlBody(stream: self))
    }

    // MARK: the body that is sent

    /// Passes pieces on as fast as they are sent. Ends when there are no more or the request is over.
    ///
    /// One piece is held back until the next or the end is known: a source that finds fault with the last byte of a body
    /// has not completed it.
    func send(_ upload: WebUpload) async throws {
        do {
            var held: [UInt8] = []
            while let piece = try await upload.next() {
                guard await pass(held) else { return }
                held = piece
            }
            guard await pass(held) else { return }
        } catch {
            mailbox.cancel(number)
            throw error
        }
        outgoing.end()
        mailbox.proceed(number)
    }

    /// False when no more pieces are wanted.
    private func pass(_ piece: [UInt8]) async -> Bool {
        guard !piece.isEmpty else { return true }
        guard outgoing.put(piece) else { return false }
        mailbox.proceed(number)
        return await outgoing.hasRoom()
    }
}

/// The reader's end of a stream; letting go of it gives the request up.
final class CurlBody: WebBody {
    private let stream: CurlStream
    init(stream: CurlStream) { self.stream = stream }
    deinit { stream.close() }
    func next() async throws(WebError) -> [UInt8]? { try await stream.next() }
    func close() { stream.close() }
}
