internal import ArgumentParser
internal import EdgeEngine
internal import EdgeModel
internal import RulesLanguage
internal import WebTransport

/// A request for evaluating an expression, from options or a file; nothing is sent.
struct RuleRequestOptions: ParsableArguments {
    @Option(help: ArgumentHelp("URL of the request (default: http://example.com/).", valueName: "url"))
    var url: String?
    @OptionGroup var line: RequestLineOptions
    @Option(help: ArgumentHelp("Address of the client.", valueName: "ip")) var ip: String?
    @Option(help: ArgumentHelp("Country of the client.", valueName: "code")) var country: String?
    @Option(help: ArgumentHelp("Status of a response, for response fields.", valueName: "code")) var status: Int?
    @Option(
        name: .customLong("response-header"),
        help: ArgumentHelp("Header of the response as 'Name: value'; repeatable.", valueName: "header"))
    var responseHeader: [String] = []
    @Option(help: ArgumentHelp("Any field as NAME=VALUE; repeatable, wins over the rest.", valueName: "field"))
    var field: [String] = []
    @Option(help: ArgumentHelp("A named list as NAME=VALUE,VALUE; repeatable.", valueName: "list"))
    var list: [String] = []
    @Option(
        help: ArgumentHelp("JSON or YAML file with the request, or - for standard input.", valueName: "file"),
        completion: .file(extensions: ["json", "yaml"]))
    var request: String?

    /// Whether the command says anything about a request.
    var isGiven: Bool {
        url != nil || line.method != nil || ip != nil || country != nil || status != nil || request != nil
            || ![line.header, responseHeader, field, list].allSatisfy(\.isEmpty)
    }

    /// What fields and lists come to. Throws ``ErrorReport``.
    func values(now: Timestamp) throws -> ([FieldID: FieldValue], [String: ListContents]) {
        let file = try request.map { try RuleRequestFile($0) }
        let url = try WebURL(url ?? file?.url ?? "http://example.com/")
        var headers = file?.headers ?? []
        headers += try line.header.map(Self.header)
        let host = headers.first { $0.name.lowercased() == "host" }.map { String(decoding: $0.value, as: UTF8.self) }
        headers.removeAll { $0.name.lowercased() == "host" }
        let address = try (ip ?? file?.ip).map { text in
            guard let address = IPAddress(text) else { throw Self.problem("--ip \(text)", "that is no IP address") }
            return address
        }
        let edgeRequest = EdgeRequest(
            method: line.method ?? file?.method ?? "GET", host: host ?? url.authority, target: url.target,
            headers: headers,
            clientAddress: address, destinationPort: url.port, isTLS: url.scheme == .https,
            seconds: Int64(now.milliseconds / 1000), milliseconds: Int64(now.milliseconds % 1000))
        let shaped: ShapedRequest
        do throws(RequestRefusal) {
            shaped = try edgeRequest.shaped()
        } catch {
            throw Self.problem("the request", "Envoy refuses it before any rule: \(error.reason)")
        }
        var values = try RequestFields.values(shaped)
        if let country = country ?? file?.country { values[.sourceCountry] = .string(country) }
        if let status = status ?? file?.status {
            let responseHeaders = try (file?.responseHeaders ?? []) + responseHeader.map(Self.header)
            let response = EdgeResponse(
                status: status,
                headers: responseHeaders.map { EdgeRequest.Header(name: $0.name.lowercased(), value: $0.value) })
            values.merge(RequestFields.values(response)) { $1 }
        }
        for (name, value) in file?.fields ?? [] { try Self.set(name, value, &values) }
        for text in field {
            guard let mark = text.firstIndex(of: "=") else { throw Self.problem("--field \(text)", "write NAME=VALUE") }
            try Self.set(String(text[..<mark]), String(text[text.index(after: mark)...]), &values)
        }
        return (values, try NamedValues.lists(list))
    }

    /// A command that takes a request's headers.
    static let example = "signalbox rules eval 'len(http.cookie) > 0'"

    private static func header(_ text: String) throws -> EdgeRequest.Header {
        let header = try RequestText.header(text, for: RuleRequestOptions.example)
        return EdgeRequest.Header(header.name, header.value)
    }

    static func problem(_ place: String, _ message: String) -> ErrorReport {
        ErrorReport(.usage, at: place, message, remedy: "signalbox rules eval --help")
    }

    private static func set(_ name: String, _ text: String, _ values: inout [FieldID: FieldValue]) throws {
        guard let field = Schema.http.field(named: name) else {
            throw problem("--field \(name)", "there is no such field: signalbox rules fields")
        }
        let id = field.deprecatedAliasFor ?? field.id
        guard Int(id.rawValue) < FieldID.slotCount else {
            throw problem("--field \(name)", "this edge has no place for the field, so it is always missing")
        }
        switch field.type {
        case .bytes: values[id] = .string(text)
        case .bool where text == "true" || text == "false": values[id] = .bool(text == "true")
        case .int: values[id] = Int64(text).map { .int($0) }
        case .ip: values[id] = IPAddress(text).map { .ip($0) }
        case .array(.bytes): values[id] = .list(text.split(separator: ",").map { Array($0.utf8) })
        default: values[id] = nil
        }
        if values[id] == nil { throw problem("--field \(name)=\(text)", "the field is \(field.type)") }
    }
}

/// A request as a document: `method`, `url`, `headers`, `ip`, `country`, `response` with `status` and `headers`,
/// `fields`.
private struct RuleRequestFile {
    private(set) var url: String?
    private(set) var method: String?
    private(set) var ip: String?
    private(set) var country: String?
    private(set) var status: Int?
    private(set) var headers: [EdgeRequest.Header] = []
    private(set) var responseHeaders: [EdgeRequest.Header] = []
    private(set) var fields: [(String, String)] = []

    init(_ path: String) throws {
        let document = try TextFile.document(path)
        guard case .object(let members) = document.content else {
            throw RuleRequestOptions.problem(path, "a request is an object with url, method, headers and so on")
        }
        for member in members {
            switch (member.key, member.value.content) {
            case ("url", .string(let text)): url = text
            case ("method", .string(let text)): method = text
            case ("ip", .string(let text)): ip = text
            case ("country", .string(let text)): country = text
            case ("headers", _): headers = try Self.headers(member.value, path)
            case ("response", .object(let parts)):
                status = 200
                for part in parts {
                    if case .int(let code) = part.value.content { status = code }
                    if part.key == "headers" { responseHeaders = try Self.headers(part.value, path) }
                }
            case ("fields", .object(let parts)): fields = parts.map { ($0.key, $0.value.value.leafText) }
            default: throw RuleRequestOptions.problem("\(path): \(member.key)", "a request has no such member")
            }
        }
    }

    /// An object of names and values, or a list of `Name: value`.
    private static func headers(_ node: DocumentNode, _ path: String) throws -> [EdgeRequest.Header] {
        switch node.content {
        case .object(let members):
            return members.flatMap { member in
                if case .array(let values) = member.value.content {
                    return values.map { EdgeRequest.Header(member.key, $0.value.leafText) }
                }
                return [EdgeRequest.Header(member.key, member.value.value.leafText)]
            }
        case .array(let values):
            return try values.map { value in
                let header = try RequestText.header(
                    value.value.leafText, for: RuleRequestOptions.example)
                return EdgeRequest.Header(header.name, header.value)
            }
        default: throw RuleRequestOptions.problem("\(path): headers", "headers are names with values")
        }
    }
}
