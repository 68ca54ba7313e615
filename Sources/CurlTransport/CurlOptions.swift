import CCurl
import WebTransport

/// An option that libcurl did not take.
struct CurlRefusal: Error {
    let code: CURLcode

    static func check(_ code: CURLcode) throws(CurlRefusal) {
        guard code == CURLE_OK else { throw CurlRefusal(code: code) }
    }
}

/// Turns a request into options of an easy handle.
struct CurlOptions {
    let easy: UnsafeMutableRawPointer

    /// What a stream has besides.
    func apply(_ options: WebStreamOptions, _ method: WebMethod) throws(CurlRefusal) {
        // One connection a transfer: a paused stream must not hold up others on a shared one.
        try long(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try long(CURLOPT_LOW_SPEED_LIMIT, 1)
        try long(CURLOPT_LOW_SPEED_TIME, max(1, Int(options.stall.components.seconds)))
        // Most objects arrive in one read.
        try long(CURLOPT_BUFFERSIZE, 64 << 10)
        if let upload = options.upload {
            // Means PUT unless another method is named.
            try long(CURLOPT_UPLOAD, 1)
            try text(CURLOPT_CUSTOMREQUEST, method.name)
            try CurlRefusal.check(ccurl_set_size(easy, CURLOPT_INFILESIZE_LARGE, upload.length))
        }
    }

    func apply(_ request: WebRequest, isStream: Bool = false) throws(CurlRefusal) {
        try applyMethod(request)
        // A longer body is announced only for methods that send one; for HEAD the number is not what arrives.
        if request.method != .head, !isStream {
            try CurlRefusal.check(
                ccurl_set_size(easy, CURLOPT_MAXFILESIZE_LARGE, Int64(max(1, request.maximumBodyBytes))))
        }
        try text(CURLOPT_URL, request.url.description)
        try text(CURLOPT_PROTOCOLS_STR, "http,https")
        try long(CURLOPT_PATH_AS_IS, request.pathAsIs ? 1 : 0)
        if let path = request.unixSocket { try text(CURLOPT_UNIX_SOCKET_PATH, path) }
        try applyTrust(request.trust)
        try long(CURLOPT_CONNECTTIMEOUT_MS, request.deadlines.connect.wholeMilliseconds)
        try long(CURLOPT_TIMEOUT_MS, request.deadlines.total.wholeMilliseconds)
        switch request.redirects {
        case .returned:
            try long(CURLOPT_FOLLOWLOCATION, 0)
        case .followed(let limit):
            try long(CURLOPT_FOLLOWLOCATION, 1)
            try long(CURLOPT_MAXREDIRS, limit)
            try text(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        }
        // Time-outs of look-ups without SIGALRM, which no thread could use safely.
        try long(CURLOPT_NOSIGNAL, 1)
        // An abandoned look-up is left to its own thread, which frees what it holds when it ends. Otherwise removing
        // the handle would wait for the resolver and hold up every other request (lib/asyn-thread.c of 7.87 and later).
        try long(CURLOPT_QUICK_EXIT, 1)
        // A probe that silently went through HTTP_PROXY would not have reached the address it names.
        try text(CURLOPT_PROXY, "")
    }

    private func applyMethod(_ request: WebRequest) throws(CurlRefusal) {
        switch request.method {
        case .get:
            try long(CURLOPT_HTTPGET, 1)
        case .head:
            try long(CURLOPT_NOBODY, 1)
        case .post, .put, .patch:
            // With an empty body as well: these announce Content-Length: 0 (RFC 9110 §8.6).
            try applyBody(request)
        default:
            if request.body.isEmpty {
                try text(CURLOPT_CUSTOMREQUEST, request.method.name)
            } else {
                try applyBody(request)
            }
        }
    }

    private func applyBody(_ request: WebRequest) throws(CurlRefusal) {
        try long(CURLOPT_POST, 1)
        let code = request.body.withUnsafeBytes { ccurl_set_body(easy, $0.baseAddress, $0.count) }
        try CurlRefusal.check(code)
        if request.method != .post { try text(CURLOPT_CUSTOMREQUEST, request.method.name) }
    }

    private func applyTrust(_ trust: WebTrust) throws(CurlRefusal) {
        try long(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        switch trust {
        case .system:
            break
        case .authority(let file):
            try text(CURLOPT_CAINFO, file)
            try CurlRefusal.check(ccurl_set_text(easy, CURLOPT_CAPATH, nil))
        case .insecure:
            try long(CURLOPT_SSL_VERIFYPEER, 0)
            try long(CURLOPT_SSL_VERIFYHOST, 0)
        }
    }

    /// The options that libcurl does not copy: the caller frees the lists after the handle.
    func applyLists(_ request: WebRequest) throws(CurlRefusal) -> [UnsafeMutablePointer<curl_slist>] {
        var lists: [UnsafeMutablePointer<curl_slist>] = []
        do throws(CurlRefusal) {
            let lines = try list(headerLines(request))
            if let lines {
                lists.append(lines)
                try CurlRefusal.check(ccurl_set_list(easy, CURLOPT_HTTPHEADER, lines))
            }
            if let target = request.connectTo {
                let port = target.port.map { "\($0)" } ?? ""
                // Empty host and port in front: it holds for every connection, also after a redirect.
                if let entry = try list(["::\(target.bracketedHost):\(port)"]) {
                    lists.append(entry)
                    try CurlRefusal.check(ccurl_set_list(easy, CURLOPT_CONNECT_TO, entry))
                }
            }
        } catch {
            for list in lists { ccurl_slist_free_all(list) }
            throw error
        }
        return lists
    }

    /// The header lines as libcurl wants them: `Name;` sends an empty value, `Name:` keeps libcurl from adding its own.
    private func headerLines(_ request: WebRequest) -> [String] {
        var lines = request.headers.lines.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        for own in ["Accept", "Content-Type", "Expect"] where request.headers.first(own) == nil {
            lines.append("\(own):")
        }
        return lines
    }

    private func list(_ lines: [String]) throws(CurlRefusal) -> UnsafeMutablePointer<curl_slist>? {
        var head: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = ccurl_slist_append(head, line) else {
                ccurl_slist_free_all(head)
                throw CurlRefusal(code: CURLE_OUT_OF_MEMORY)
            }
            head = longer
        }
        return head
    }

    private func long(_ option: CURLoption, _ value: Int) throws(CurlRefusal) {
        try CurlRefusal.check(ccurl_set_long(easy, option, value))
    }

    private func text(_ option: CURLoption, _ value: String) throws(CurlRefusal) {
        try CurlRefusal.check(ccurl_set_text(easy, option, value))
    }
}

extension Duration {
    /// Rounded up, so that a deadline is never zero, which libcurl reads as "none".
    fileprivate var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
