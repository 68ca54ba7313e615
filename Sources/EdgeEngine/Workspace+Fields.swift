internal import EdgePlan
internal import RulesLanguage

/// Fills the fields that a plan reads, each from the request's own memory where it stands there as it is.
extension Workspace {
    private typealias Bytes = UnsafeRawBufferPointer
    private typealias Pair = FieldTable.Pair

    /// Forgets the request before and takes this one over.
    ///
    /// - Parameter needsHost: whether anybody will ask for the host.
    mutating func begin(_ request: RequestPicture, needsHost: Bool = true) {
        decision.clear()
        fields.removeAll()
        scratch.reset()
        arena.reset()
        uri = RequestURI(request.path)
        host = needsHost ? HostName.normalized(request.authority, &arena) : .empty
    }

    /// Everything of the request but what rewrites change.
    mutating func fill(_ wanted: WantedFields, _ request: RequestPicture, _ plan: ZonePlanView) {
        if wanted.contains(.method) { fields.setBytes(.method, request.method) }
        if wanted.contains(.httpHost) { fields.setBytes(.httpHost, host) }
        if wanted.contains(.sourceIP), let address = request.clientAddress { fields.setIP(.sourceIP, address) }
        if wanted.hasCircumstances { fillCircumstances(wanted, request, plan) }
        if wanted.hasRawURI { fillRawURI(wanted, request) }
        fillURI(wanted, request)
        if wanted.contains(.headersTruncated) { fields.setBool(.headersTruncated, false) }
        if wanted.hasHeaders { fillHeaders(wanted, request, plan) }
    }

    private mutating func fillCircumstances(
        _ wanted: WantedFields, _ request: RequestPicture, _ plan: ZonePlanView
    ) {
        if wanted.contains(.httpVersion) { fields.setBytes(.httpVersion, request.protocolVersion) }
        if wanted.contains(.timestampSeconds) { fields.setInt(.timestampSeconds, request.seconds) }
        if wanted.contains(.timestampMilliseconds) { fields.setInt(.timestampMilliseconds, request.milliseconds) }
        if wanted.contains(.ssl) { fields.setBool(.ssl, request.isTLS) }
        if wanted.contains(.edgeServerIP), let address = request.destinationAddress {
            fields.setIP(.edgeServerIP, address)
        }
        if wanted.contains(.edgeServerPort) { fields.setInt(.edgeServerPort, Int64(request.destinationPort)) }
        if wanted.contains(.zoneName) { fields.setBytes(.zoneName, plan.name) }
        if wanted.contains(.rayID), !request.requestID.isEmpty { fields.setBytes(.rayID, request.requestID) }
    }

    /// What the request line said, whatever rules did to it since.
    private mutating func fillRawURI(_ wanted: WantedFields, _ request: RequestPicture) {
        let (path, query) = RequestURI.split(uri.original)
        if wanted.contains(.rawURI) { fields.setBytes(.rawURI, uri.original) }
        if wanted.contains(.rawPath) { fields.setBytes(.rawPath, path) }
        if wanted.contains(.rawQuery) { fields.setBytes(.rawQuery, query) }
        if wanted.contains(.rawPathExtension) {
            fields.setBytes(.rawPathExtension, RequestURI.fileExtension(of: path, &arena))
        }
        if wanted.contains(.rawFullURI), let whole = fullURI(uri.original, request) {
            fields.setBytes(.rawFullURI, whole)
        }
        if wanted.contains(.rawArgs), let pairs = arguments(query) { fields.setMap(.rawArgs, pairs) }
    }

    /// What rewrites change; called again after each of them.
    mutating func fillURI(_ wanted: WantedFields, _ request: RequestPicture) {
        if wanted.contains(.uri) { fields.setBytes(.uri, uri.whole) }
        if wanted.contains(.path) { fields.setBytes(.path, uri.path) }
        if wanted.contains(.query) { fields.setBytes(.query, uri.query) }
        if wanted.contains(.pathExtension) {
            fields.setBytes(.pathExtension, RequestURI.fileExtension(of: uri.path, &arena))
        }
        if wanted.contains(.fullURI), let whole = fullURI(uri.whole, request) { fields.setBytes(.fullURI, whole) }
        if wanted.contains(.args), let pairs = arguments(uri.query) { fields.setMap(.args, pairs) }
    }

    private mutating func fullURI(_ target: Bytes, _ request: RequestPicture) -> Bytes? {
        arena.join(request.isTLS ? Bytes("https://") : Bytes("http://"), host, target)
    }

    /// `a=1&b` as pairs, undecoded; a part without `=` has an empty value, an empty part is none.
    private mutating func arguments(_ query: Bytes) -> UnsafeBufferPointer<Pair>? {
        guard let pairs = arena.allocate(Pair.self, query.count(of: UInt8(ascii: "&")) &+ 1) else { return nil }
        var (count, start) = (0, 0)
        while start < query.count {
            let end = query.place(of: UInt8(ascii: "&"), from: start) ?? query.count
            let part = query.slice(start, end)
            if !part.isEmpty {
                let mark = part.place(of: UInt8(ascii: "=")) ?? part.count
                let value = part.slice(min(mark &+ 1, part.count), part.count)
                (pairs + count).initialize(to: Pair(key: part.slice(0, mark), value: value))
                count &+= 1
            }
            start = end &+ 1
        }
        return UnsafeBufferPointer(start: pairs, count: count)
    }

    // MARK: headers

    /// One look at each header, whatever is asked for.
    private mutating func fillHeaders(_ wanted: WantedFields, _ request: RequestPicture, _ plan: ZonePlanView) {
        let countryName = plan.countryHeader
        let trusts = countryName != nil && trustsCountry(request, plan)
        let shown = wanted.contains(.headers) ? arena.allocate(Pair.self, request.headers.count) : nil
        var shownCount = 0
        var (country, cookie, referer, userAgent, forwardedFor, languages):
            (Bytes?, Bytes?, Bytes?, Bytes?, Bytes?, Bytes?)
        for header in request.headers {
            let isCountry = countryName.map { header.key.isSame(as: $0) } ?? false
            if isCountry, country == nil { country = header.value }
            var value = header.value
            switch RequestHeader(header.key) {
            case .hidden: continue
            case .plain: break
            case .cookie:
                // RFC 9113 §8.2.3: clients may split them.
                cookie = cookie.map { arena.join($0, Bytes("; "), value) ?? $0 } ?? value
            case .referer: referer = referer ?? value
            case .userAgent: userAgent = userAgent ?? value
            case .acceptLanguage: languages = languages ?? value
            case .forwardedFor:
                if forwardedFor == nil { forwardedFor = value }
                guard let withoutPeer = RequestHeader.withoutPeer(value) else { continue }
                value = withoutPeer
            }
            if isCountry, !trusts { continue }
            guard let shown else { continue }
            (shown + shownCount).initialize(to: Pair(key: header.key, value: value))
            shownCount &+= 1
        }
        if let shown { fields.setMap(.headers, UnsafeBufferPointer(start: shown, count: shownCount)) }
        if wanted.contains(.sourceCountry), trusts, let country { fields.setBytes(.sourceCountry, country) }
        // Absent texts are empty here, as Cloudflare has them: `http.user_agent eq ""` finds requests without one.
        if wanted.contains(.cookie) { fields.setBytes(.cookie, cookie ?? .empty) }
        if wanted.contains(.referer) { fields.setBytes(.referer, referer ?? .empty) }
        if wanted.contains(.userAgent) { fields.setBytes(.userAgent, userAgent ?? .empty) }
        if wanted.contains(.xForwardedFor) {
            fields.setBytes(.xForwardedFor, forwardedFor.flatMap(RequestHeader.withoutPeer) ?? .empty)
        }
        if wanted.contains(.acceptedLanguages), let languages, let list = AcceptedLanguages.list(languages, &arena) {
            fields.setList(.acceptedLanguages, list)
        }
        if wanted.contains(.cookies), let pairs = Cookies.pairs(in: cookie ?? .empty, &arena) {
            fields.setMap(.cookies, pairs)
        }
    }

    /// Whether the peer may tell the client's country.
    func trustsCountry(_ request: RequestPicture, _ plan: ZonePlanView) -> Bool {
        request.clientAddress.map { plan.isTrusted($0) } ?? false
    }

    // MARK: response

    mutating func fill(_ wanted: WantedFields, _ response: ResponsePicture) {
        if wanted.contains(.responseCode) { fields.setInt(.responseCode, Int64(response.status)) }
        if wanted.contains(.responseHeadersTruncated) { fields.setBool(.responseHeadersTruncated, false) }
        if wanted.contains(.responseMediaType) {
            for header in response.headers where header.key.equals("content-type") {
                let end = header.value.place(of: UInt8(ascii: ";")) ?? header.value.count
                fields.setBytes(.responseMediaType, arena.lowerCased(header.value.slice(0, end).trimmed()))
                break
            }
        }
        guard wanted.contains(.responseHeaders), let pairs = arena.allocate(Pair.self, response.headers.count) else {
            return
        }
        var count = 0
        for header in response.headers where !ResponseHeader.isHidden(header.key) {
            (pairs + count).initialize(to: header)
            count &+= 1
        }
        fields.setMap(.responseHeaders, UnsafeBufferPointer(start: pairs, count: count))
    }
}
