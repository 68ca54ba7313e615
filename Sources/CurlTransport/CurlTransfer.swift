import CCurl
import WebTransport

/// One request inside libcurl: the easy handle, what it points to, and what has come in so far.
///
/// Not Sendable: it lives on the curl thread. libcurl calls the receivers below on that thread too, from inside
/// `curl_multi_perform`, with the address of this object, which ``CurlLoop`` keeps alive until the handle is removed.
final class CurlTransfer {
    let easy: UnsafeMutableRawPointer
    let number: UInt64
    let request: WebRequest
    private let continuation: CheckedContinuation<Result<WebResponse, WebError>, Never>
    private let reason = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    /// Lists that the handle points to; freed after it.
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private var body: [UInt8] = []
    private var headerBytes = 0
    private var overflow: WebError.Code?

    /// All header lines of all answers to one request, in bytes.
    static let maximumHeaderBytes = 256 << 10

    init(_ submission: CurlSubmission) throws(WebError) {
        guard let easy = ccurl_easy_init() else {
            throw .transportFailed(submission.request, cause: "no memory for a request")
        }
        self.easy = easy
        number = submission.number
        request = submission.request
        continuation = submission.continuation
        reason.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        do throws(CurlRefusal) {
            try configure()
        } catch {
            throw .transportFailed(submission.request, cause: String(cString: ccurl_easy_strerror(error.code)))
        }
    }

    deinit {
        ccurl_easy_cleanup(easy)
        for list in lists { ccurl_slist_free_all(list) }
        reason.deallocate()
    }

    func deliver(_ outcome: Result<WebResponse, WebError>) { continuation.resume(returning: outcome) }

    private func configure() throws(CurlRefusal) {
        try CurlOptions(easy: easy).apply(request)
        let lists = try CurlOptions(easy: easy).applyLists(request)
        self.lists = lists
        try CurlRefusal.check(ccurl_set_error_buffer(easy, reason))
        let context = Unmanaged.passUnretained(self).toOpaque()
        try CurlRefusal.check(
            ccurl_set_receivers(
                easy,
                { bytes, size, count, context in CurlTransfer.at(context)?.receiveBody(bytes, size * count) ?? 0 },
                { bytes, size, count, context in CurlTransfer.at(context)?.receiveHeader(bytes, size * count) ?? 0 },
                context))
    }

    private static func at(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
        context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func receiveBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard count <= request.maximumBodyBytes - body.count else {
            overflow = .bodyTooLarge
            return CurlTransfer.refused(count)
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

    /// Any number but `count` ends the transfer.
    private static func refused(_ count: Int) -> Int { count == 0 ? 1 : 0 }

    /// What the finished handle has to say.
    func outcome(_ result: CURLcode) -> Result<WebResponse, WebError> {
        let reading = CurlReading(easy: easy)
        if let overflow { return .failure(.tooLarge(overflow, request, phase: reading.phase(request))) }
        guard result == CURLE_OK else {
            let detail = String(cString: reason)
            let cause = detail.isEmpty ? String(cString: ccurl_easy_strerror(result)) : detail
            return .failure(.from(result, request, phase: reading.phase(request), cause: cause))
        }
        return .success(reading.response(to: request, body: body))
    }
}
