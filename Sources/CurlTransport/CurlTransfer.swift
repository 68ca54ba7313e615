import CCurl
import Glibc
import WebTransport

/// One request inside libcurl: what its easy handle points to, and what has come in so far.
///
/// Not Sendable: it lives on the curl thread. libcurl calls the receivers below on that thread too, with the address of
/// this object, which ``CurlLoop`` keeps alive until the handle is removed.
final class CurlTransfer {
    let submission: CurlSubmission
    let easy: UnsafeMutableRawPointer
    private let reason = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    /// Lists that the handle points to; freed after it was reset.
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private var body: [UInt8] = []
    /// Bytes after which a stream's body is handed over; nil: it is kept whole.
    private let window: Int?
    private var sending: ArraySlice<UInt8> = []
    /// Bytes of the announced body that are still to be sent.
    private var unsent: Int64 = 0
    private var headerBytes = 0
    private var overflow: WebError.Code?

    /// All header lines of all answers to one request, in bytes.
    static let maximumHeaderBytes = 256 << 10

    init(_ submission: CurlSubmission, _ easy: UnsafeMutableRawPointer) {
        self.submission = submission
        self.easy = easy
        if case .stream(let stream) = submission.receiver { window = stream.options.window } else { window = nil }
        reason.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        for list in lists { ccurl_slist_free_all(list) }
        reason.deallocate()
    }

    var request: WebRequest { submission.request }

    private var stream: CurlStream? {
        if case .stream(let stream) = submission.receiver { stream } else { nil }
    }

    /// Sets all options; what libcurl did not take.
    func configure() -> WebError? {
        do throws(CurlRefusal) {
            try apply()
            return nil
        } catch {
            return .transportFailed(request, cause: String(cString: ccurl_easy_strerror(error.code)))
        }
    }

    private func apply() throws(CurlRefusal) {
        let options = CurlOptions(easy: easy)
        try options.apply(request, isStream: window != nil)
        lists = try options.applyLists(request)
        try CurlRefusal.check(ccurl_set_error_buffer(easy, reason))
        let context = Unmanaged.passUnretained(self).toOpaque()
        try CurlRefusal.check(
            ccurl_set_receivers(
                easy,
                { bytes, size, count, context in CurlTransfer.at(context)?.receiveBody(bytes, size * count) ?? 0 },
                { bytes, size, count, context in CurlTransfer.at(context)?.receiveHeader(bytes, size * count) ?? 0 },
                context))
        guard let stream else { return }
        try options.apply(stream.options, request.method)
        guard let upload = stream.options.upload else { return }
        unsent = upload.length
        try CurlRefusal.check(
            ccurl_set_sender(
                easy, { bytes, size, count, context in CurlTransfer.at(context)?.send(bytes, size * count) ?? 0 },
                context))
    }

    private static func at(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
        context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func receiveBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        if let window, body.count >= window {
            guard let stream, stream.offer(body, head: { CurlReading(easy: easy).head() }) else {
                return ccurl_receiver_pause
            }
            body = []
        } else if window == nil {
            guard count <= request.maximumBodyBytes - body.count else {
                overflow = .bodyTooLarge
                return CurlTransfer.refused(count)
            }
        }
        if let window, body.isEmpty {
            // What is announced and fits is not to be copied again and again while it grows.
            body.reserveCapacity(max(count, min(Int(clamping: CurlReading(easy: easy).length ?? 0), window + count)))
        }
        body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }

    /// Headers are read from the handle at the end; here they are only counted, as libcurl 7.88 sets no limit.
    private func receiveHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        headerBytes += count
        guard headerBytes <= CurlTransfer.maximumHeaderBytes else {
            overflow = .headersTooLarge
            return CurlTransfer.refused(count)
        }
        return count
    }

    private func send(_ bytes: UnsafeMutablePointer<CChar>?, _ room: Int) -> Int {
        if sending.isEmpty {
            switch stream?.outgoing.take() {
            case .piece(let piece): sending = piece[...]
            case .later: return ccurl_sender_pause
            // An end before the announced length would leave the server waiting.
            case .end, nil: return unsent > 0 ? ccurl_sender_abort : 0
            }
        }
        let count = min(room, sending.count)
        sending.withUnsafeBytes { source in
            if let bytes, let from = source.baseAddress { memcpy(bytes, from, count) }
        }
        sending = sending.dropFirst(count)
        unsent -= Int64(count)
        return count
    }

    /// Any number but `count` ends the transfer.
    private static func refused(_ count: Int) -> Int { count == 0 ? 1 : 0 }

    func fail(_ error: WebError) { submission.fail(error) }

    /// Delivers what the finished handle has to say.
    func finish(_ result: CURLcode) {
        let reading = CurlReading(easy: easy)
        if let error = error(result, reading) { return deliver(error, reading) }
        switch submission.receiver {
        case .whole(let continuation):
            continuation.resume(returning: .success(reading.response(to: request, body: body)))
        case .stream(let stream): stream.finish(body, .success(reading.head()))
        }
    }

    /// What arrived before a connection broke is the reader's.
    private func deliver(_ error: WebError, _ reading: CurlReading) {
        guard let stream else { return fail(error) }
        let isTaken = body.isEmpty || stream.offer(body, head: { reading.head() })
        stream.finish(isTaken ? [] : body, .failure(error))
    }

    private func error(_ result: CURLcode, _ reading: CurlReading) -> WebError? {
        if let overflow { return .tooLarge(overflow, request, phase: reading.phase(request)) }
        guard result != CURLE_OK else { return nil }
        let detail = String(cString: reason)
        let cause = detail.isEmpty ? String(cString: ccurl_easy_strerror(result)) : detail
        return .from(result, request, phase: reading.phase(request), cause: cause)
    }
}
