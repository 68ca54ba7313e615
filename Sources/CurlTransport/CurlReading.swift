import CCurl
import WebTransport

/// Reads what an easy handle knows after its transfer ended.
struct CurlReading {
    let easy: UnsafeMutableRawPointer

    func response(to request: WebRequest, body: [UInt8]) -> WebResponse {
        WebResponse(
            status: long(CURLINFO_RESPONSE_CODE), version: version, headers: headers, body: body, timings: timings,
            peer: peer(request), reusedConnection: long(CURLINFO_NUM_CONNECTS) == 0,
            redirectsFollowed: long(CURLINFO_REDIRECT_COUNT))
    }

    /// The beginning of an answer whose body is streamed.
    func head() -> CurlStream.Head {
        CurlStream.Head(status: long(CURLINFO_RESPONSE_CODE), headers: headers, length: length)
    }

    /// `Content-Length` of the answer.
    var length: Int64? {
        let announced = size(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T)
        return announced < 0 ? nil : announced
    }

    /// How far the request came: the first phase that did not end.
    func phase(_ request: WebRequest) -> WebPhase {
        if request.unixSocket == nil, size(CURLINFO_NAMELOOKUP_TIME_T) == 0 { return .nameLookup }
        if size(CURLINFO_PRETRANSFER_TIME_T) == 0 {
            // libcurl 7.88 marks the end of connecting only when TLS is done too; the peer is known as soon as TCP is.
            let isConnected = size(CURLINFO_CONNECT_TIME_T) != 0 || !text(CURLINFO_PRIMARY_IP).isEmpty
            return isConnected && request.url.scheme == .https ? .tls : .connect
        }
        return size(CURLINFO_STARTTRANSFER_TIME_T) == 0 ? .firstByte : .body
    }

    private var timings: WebTimings {
        let tls = size(CURLINFO_APPCONNECT_TIME_T)
        return WebTimings(
            nameLookup: size(CURLINFO_NAMELOOKUP_TIME_T), connect: size(CURLINFO_CONNECT_TIME_T),
            tls: tls == 0 ? nil : tls, firstByte: size(CURLINFO_STARTTRANSFER_TIME_T),
            total: size(CURLINFO_TOTAL_TIME_T))
    }

    private var version: WebResponse.Version {
        switch long(CURLINFO_HTTP_VERSION) {
        case Int(CURL_HTTP_VERSION_1_0): .http10
        case Int(CURL_HTTP_VERSION_2_0): .http2
        case Int(CURL_HTTP_VERSION_3): .http3
        default: .http11
        }
    }

    private func peer(_ request: WebRequest) -> String {
        if let path = request.unixSocket { return "unix:\(path)" }
        let address = text(CURLINFO_PRIMARY_IP)
        let port = long(CURLINFO_PRIMARY_PORT)
        return address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }

    /// The lines of the last answer; libcurl has joined folded ones and set interim answers and trailers apart.
    private var headers: WebHeaders {
        var headers = WebHeaders()
        var previous: UnsafeMutablePointer<curl_header>?
        while let next = ccurl_easy_nextheader(easy, UInt32(CURLH_HEADER), -1, previous) {
            headers.append(WebHeader(received: decode(next.pointee.name), decode(next.pointee.value)))
            previous = next
        }
        return headers
    }

    /// UTF-8, or else each byte as the character of that number (Latin-1), so that no two values look alike.
    private func decode(_ bytes: UnsafePointer<CChar>?) -> String {
        guard let bytes else { return "" }
        if let text = String(validatingCString: bytes) { return text }
        var scalars = String.UnicodeScalarView()
        var index = 0
        while bytes[index] != 0 {
            scalars.append(Unicode.Scalar(UInt8(bitPattern: bytes[index])))
            index += 1
        }
        return String(scalars)
    }

    private func long(_ info: CURLINFO) -> Int {
        var value = 0
        return ccurl_get_long(easy, info, &value) == CURLE_OK ? value : 0
    }

    private func size(_ info: CURLINFO) -> Int64 {
        var value: Int64 = 0
        return ccurl_get_size(easy, info, &value) == CURLE_OK ? value : 0
    }

    private func text(_ info: CURLINFO) -> String {
        var value: UnsafePointer<CChar>?
        guard ccurl_get_text(easy, info, &value) == CURLE_OK, let value else { return "" }
        return String(cString: value)
    }
}
