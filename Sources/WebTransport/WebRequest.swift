/// Whom to believe when a server shows its certificate.
package enum WebTrust: Hashable, Sendable {
    /// The machine's own certificate authorities.
    case system
    /// Only the authorities in this PEM file.
    case authority(file: String)
    /// Anybody. Only where a person asked for it by name.
    case insecure
}

/// What to do with an answer that points elsewhere.
package enum WebRedirects: Hashable, Sendable {
    /// Return it as it is.
    case returned
    /// Follow it at most this many times, over http and https only. Taken for GET and HEAD alone: any other method
    /// would have to change on the way or be sent again.
    case followed(atMost: Int)
}

/// One HTTP request. Method, URL, headers and address are types that cannot hold a line break.
package struct WebRequest: Hashable, Sendable {
    package var method: WebMethod
    package var url: WebURL
    /// Sent in this order. `Host` may be given; `Content-Length` and `Transfer-Encoding` may not, they follow from the
    /// body.
    package var headers: WebHeaders
    package var body: [UInt8]
    /// Every connection of this request goes there, also after a redirect; URL, `Host` and the TLS server name stay.
    package var connectTo: WebAddress?
    /// Path of a unix socket to connect to instead of any address.
    package var unixSocket: String?
    /// Send `/../` and `/./` as written instead of resolving them first (RFC 3986 §5.2.4).
    package var pathAsIs: Bool
    package var trust: WebTrust
    package var redirects: WebRedirects
    package var deadlines: WebDeadlines
    /// An answer with a longer body is an error.
    package var maximumBodyBytes: Int

    /// 16 MiB.
    package static let standardBodyLimit = 16 << 20

    package init(
        _ method: WebMethod = .get, _ url: WebURL, headers: WebHeaders = WebHeaders(), body: [UInt8] = [],
        connectTo: WebAddress? = nil, unixSocket: String? = nil, pathAsIs: Bool = false, trust: WebTrust = .system,
        redirects: WebRedirects = .returned, deadlines: WebDeadlines = .standard,
        maximumBodyBytes: Int = WebRequest.standardBodyLimit
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connectTo = connectTo
        self.unixSocket = unixSocket
        self.pathAsIs = pathAsIs
        self.trust = trust
        self.redirects = redirects
        self.deadlines = deadlines
        self.maximumBodyBytes = maximumBodyBytes
    }

    /// Refuses combinations that no single field can see; a transport calls it before it sends.
    package func check() throws(WebError) {
        for name in ["Content-Length", "Transfer-Encoding"] where headers.first(name) != nil {
            throw .invalid(
                name, "The header \(name) follows from the body and cannot be given.", remedy: "Leave it out.")
        }
        if headers["Host"].count > 1 {
            throw .invalid("Host", "The header Host is given twice.", remedy: "Give it once.")
        }
        if !body.isEmpty, method == .get || method == .head {
            throw .invalid(
                "\(method) \(url)", "A \(method) request has no body.", remedy: "Use POST or leave the body out.")
        }
        if case .followed(let limit) = redirects {
            guard method == .get || method == .head else {
                throw .invalid(
                    "\(method) \(url)", "Redirects are followed for GET and HEAD only.",
                    remedy: "Return the redirect and send the next request yourself.")
            }
            guard (1...50).contains(limit) else {
                throw .invalid("\(limit)", "The number of redirects must lie between 1 and 50.", remedy: "Use 10.")
            }
        }
        if maximumBodyBytes < 0 {
            throw .invalid("\(maximumBodyBytes)", "The body limit is negative.", remedy: "Use 0 or more bytes.")
        }
        if let unixSocket, unixSocket.isEmpty || unixSocket.utf8.contains(0) || unixSocket.utf8.count > 107 {
            throw .invalid(
                unixSocket, "This is not a path of a unix socket.", remedy: "Use a path of 1 to 107 bytes.")
        }
        if unixSocket != nil, connectTo != nil {
            throw .invalid(
                "\(url)", "Both a unix socket and an address to connect to are given.", remedy: "Give one of them.")
        }
        if case .authority(let file) = trust, file.isEmpty || file.utf8.contains(0) {
            throw .invalid(file, "The file of certificate authorities has no valid path.", remedy: "Give its path.")
        }
    }
}
