internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import WebTransport

/// Method and headers of a request.
struct RequestLineOptions: ParsableArguments {
    @Option(name: [.customShort("X"), .long], help: ArgumentHelp("Method (default: GET).", valueName: "method"))
    var method: String?
    @Option(
        name: [.customShort("H"), .long],
        help: ArgumentHelp("Header as 'Name: value'; repeatable.", valueName: "header"))
    var header: [String] = []
}

/// What is sent to a URL, and whom to trust on the way.
struct SendOptions: ParsableArguments {
    @OptionGroup var line: RequestLineOptions
    @Option(help: ArgumentHelp("Text to send.", valueName: "text")) var body: String?
    @Option(help: ArgumentHelp("PEM file of trusted authorities.", valueName: "file"), completion: .file()) var cacert:
        String?
    @Flag(help: "Trust any certificate.") var insecure = false

    /// - Parameter command: what the request is for, up to its URL.
    func webRequest(_ url: WebURL, for command: String) throws -> WebRequest {
        var headers = WebHeaders()
        for text in line.header {
            headers.append(try RequestText.header(text, for: "\(command) \(ShellWord.quoted("\(url)"))"))
        }
        let standard: WebMethod = body == nil ? .get : .post
        return WebRequest(
            try line.method.map { try WebMethod($0) } ?? standard, url, headers: headers,
            body: body.map { Array($0.utf8) } ?? [],
            trust: insecure ? .insecure : cacert.map { .authority(file: $0) } ?? .system)
    }
}

enum RequestText {
    /// - Parameter command: the command that it was given to, without its headers.
    static func header(_ text: String, for command: String) throws -> WebHeader {
        guard let colon = text.firstIndex(of: ":") else {
            throw ErrorReport(
                .usage, at: "--header '\(text)'", "a header is written 'Name: value'",
                remedy: "\(command) --header 'Cookie: beta=1'")
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
