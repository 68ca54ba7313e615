/// Sends requests whose bodies are too large, or of which there are too many, to be held whole: the port that bulk
/// transfers call.
///
/// What ``WebTransport`` promises holds here too. ``WebRequest/maximumBodyBytes`` is not looked at; whoever reads counts.
package protocol WebStreaming: Sendable {
    /// Sends the request and returns when the first ``WebStreamOptions/window`` bytes of the answer are there, or all of
    /// a shorter one: a small object costs one turn. Nothing limits how many are open but the caller.
    ///
    /// Throws ``WebError``, or whatever the upload's own source of pieces threw.
    func open(_ request: WebRequest, _ options: WebStreamOptions) async throws -> WebStream
}

/// How one request is streamed.
package struct WebStreamOptions: Sendable {
    /// Bytes that are gathered before the reader gets them. At most three times as many are held for a reader that is
    /// slow; then the server has to wait.
    package var window: Int
    /// An exchange in which nothing moves for so long is given up, whole seconds. A pause of the reader does not count.
    package var stall: Duration
    /// The body, when the request holds none itself.
    package var upload: WebUpload?

    package init(window: Int = 64 << 10, stall: Duration = .seconds(30), upload: WebUpload? = nil) {
        self.window = max(1, window)
        self.stall = stall
        self.upload = upload
    }
}

/// A request body that is made while it is sent.
package struct WebUpload: Sendable {
    /// Announced as `Content-Length`; giving fewer or more bytes is an error.
    package let length: Int64
    /// The next piece, nil after the last. An error ends the request before its last byte is sent.
    package let next: @Sendable () async throws -> [UInt8]?

    package init(length: Int64, next: @escaping @Sendable () async throws -> [UInt8]?) {
        self.length = length
        self.next = next
    }
}

/// An answer of which the beginning has arrived.
package struct WebStream: Sendable {
    package let status: Int
    package let headers: WebHeaders
    /// `Content-Length`; nil when the server did not say.
    package let length: Int64?
    /// The first bytes of the body.
    package let first: [UInt8]
    /// What follows; nil when ``first`` is everything.
    package let rest: (any WebBody)?

    package init(status: Int, headers: WebHeaders, length: Int64?, first: [UInt8], rest: (any WebBody)?) {
        self.status = status
        self.headers = headers
        self.length = length
        self.first = first
        self.rest = rest
    }

    /// All of the body, if it is not longer than `limit` bytes; otherwise what came until then, and the rest is given up.
    package func whole(atMost limit: Int) async throws(WebError) -> [UInt8] {
        var body = first
        while body.count < limit, let piece = try await rest?.next() { body += piece }
        rest?.close()
        return body.count > limit ? Array(body[..<limit]) : body
    }
}

/// The part of a body that is still to come. Letting go of it gives up the request.
package protocol WebBody: Sendable {
    /// The next piece, nil at the end. For one reader at a time.
    func next() async throws(WebError) -> [UInt8]?
    /// No more is wanted. The connection is closed unless the end has been reached.
    func close()
}
