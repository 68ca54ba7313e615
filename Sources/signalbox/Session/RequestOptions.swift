internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import WebTransport

/// A request given on the command line, where the URL may come from elsewhere.
struct OptionalRequestOptions: ParsableArguments {
    @Argument(help: "The URL.") var url: String?
    @Option(name: [.customShort("X"), .long], help: ArgumentHelp("Method (default: GET).", valueName: "method"))
    var method: String?
    @Option(
        name: [.customShort("H"), .long],
        help: ArgumentHelp("Header as 'Name: value'; repeatable.", valueName: "header"))
    var header: [String] = []
    @Option(help: ArgumentHelp("Text to send.", valueName: "text")) var body: String?
    @Option(help: ArgumentHelp("PEM file of trusted authorities.", valueName: "file"), completion: .file()) var cacert:
        String?
    @Flag(help: "Trust any certificate.") var insecure = false

    func webRequest(_ url: WebURL) throws -> WebRequest {
        try RequestText.request(url, method: method, headers: header, body: body, cacert: cacert, insecure: insecure)
    }
}

/// A request given on the command line.
struct RequestOptions: ParsableArguments {
    @Argument(help: "The URL.") var url: String
    @Option(name: [.customShort("X"), .long], help: ArgumentHelp("Method (default: GET).", valueName: "method"))
    var method: String?
    @Option(
        name: [.customShort("H"), .long],
        help: ArgumentHelp("Header as 'Name: value'; repeatable.", valueName: "header"))
    var header: [String] = []
    @Option(help: ArgumentHelp("Text to send.", valueName: "text")) var body: String?
    @Option(help: ArgumentHelp("PEM file of trusted authorities.", valueName: "file"), completion: .file()) var cacert:
        String?
    @Flag(help: "Trust any certificate.") var insecure = false

    func webRequest() throws -> WebRequest {
        try RequestText.request(
            try WebURL(url), method: method, headers: header, body: body, cacert: cacert, insecure: insecure)
    }
}

enum RequestText {
    static func request(
        _ url: WebURL, method: String?, headers: [String], body: String?, cacert: String?, insecure: Bool
    ) throws -> WebRequest {
        var lines = WebHeaders()
        for text in headers { lines.append(try header(text)) }
        let standard: WebMethod = body == nil ? .get : .post
        return WebRequest(
            try method.map { try WebMethod($0) } ?? standard, url, headers: lines,
            body: body.map { Array($0.utf8) } ?? [],
            trust: insecure ? .insecure : cacert.map { .authority(file: $0) } ?? .system)
    }

    static func header(_ text: String) throws -> WebHeader {
        guard let colon = text.firstIndex(of: ":") else {
            throw ErrorReport(
                .usage, at: "--header '\(text)'", "a header is written 'Name: value'",
                remedy: "signalbox staging curl https://example.com/ --header 'Cookie: beta=1'")
        }
        return try WebHeader(String(text[..<colon]), String(text[text.index(after: colon)...]))
    }
}

/// Which staging address is meant.
struct StagingOptions: ParsableArguments {
    @Option(
        name: .customLong("env"),
        help: ArgumentHelp("Environment (default: the lowest with an address).", valueName: "environment"),
        completion: Completion.environments)
    var environment: String?
    @Option(
        name: .customLong("staging"),
        help: ArgumentHelp("Staging address, with a port if it is not the URL's.", valueName: "address"))
    var staging: String?

    func resolve(_ session: Session) throws -> WebAddress {
        if let staging { return try WebAddress(staging) }
        let addresses = try session.plane(.reading).stagingAddresses()
        let name = try environment.map { try Names.environment($0) }
        let candidates = addresses.filter { name == nil || $0.environment == name }
        guard let found = candidates.first(where: { $0.reservation == nil }) ?? candidates.first else {
            throw ErrorReport(
                .notFound, at: name.map { "environment \($0)" } ?? "staging addresses", "there is no staging address",
                remedy: "signalbox env change \(name?.rawValue ?? "staging") --staging-address 127.0.0.20")
        }
        return try WebAddress(found.address)
    }
}
