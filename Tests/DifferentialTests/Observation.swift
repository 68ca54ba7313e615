import TestKit

/// Everything about one request that can be seen from outside: by the client and by the origin. Texts are one code
/// point a byte.
struct Observation: Equatable {
    /// The request as the origin got it.
    struct AtOrigin: Equatable {
        var origin: String
        var method: String
        var target: String
        var host: String
        /// By name in lower case, values in order.
        var headers: [String: [String]]
        var bodyLength: Int
    }

    var status: Int
    /// By name in lower case, values in order.
    var headers: [String: [String]]
    /// nil: the origin's, or of an answer to HEAD.
    var body: String?
    /// nil: the edge answered.
    var atOrigin: AtOrigin?

    /// Names on both sides that Envoy adds or that belong to one connection; everything else is compared.
    enum Unseen {
        static let response: Set<String> = ["connection", "content-length", "date", "transfer-encoding"]
        static let request: Set<String> = [
            "content-length", "host", "te", "transfer-encoding", "x-envoy-external-address", "x-forwarded-for",
            "x-forwarded-proto", "x-request-id",
        ]
        /// Response headers that Envoy keeps once: what is added is joined with a comma.
        static let joined: Set<String> = ["cache-control", "content-type", "vary"]
    }

    /// What differs, in words; empty when nothing does.
    func differences(from expected: Observation) -> [String] {
        var list: [String] = []
        func compare<Value: Equatable>(_ name: String, _ seen: Value, _ expected: Value) {
            if seen != expected { list.append("\(name): edge \(seen), engine \(expected)") }
        }
        compare("status", status, expected.status)
        compare("body", body, expected.body)
        for name in Set(headers.keys).union(expected.headers.keys).sorted() {
            compare("response header \(name)", headers[name] ?? [], expected.headers[name] ?? [])
        }
        guard let atOrigin, let other = expected.atOrigin else {
            compare("answered by", atOrigin == nil ? "edge" : "origin", expected.atOrigin == nil ? "edge" : "origin")
            return list
        }
        compare("origin", atOrigin.origin, other.origin)
        compare("method", atOrigin.method, other.method)
        compare("target", atOrigin.target, other.target)
        compare("host", atOrigin.host, other.host)
        compare("body length", atOrigin.bodyLength, other.bodyLength)
        for name in Set(atOrigin.headers.keys).union(other.headers.keys).sorted() {
            compare("request header \(name)", atOrigin.headers[name] ?? [], other.headers[name] ?? [])
        }
        return list
    }
}

extension Observation {
    /// Reads the edge's answer; an origin's answer to anything but HEAD tells what it got.
    init(_ answer: RawHTTPResponse, method: String) throws {
        let fields = Self.byName(answer.fields.map { ($0.name, $0.value) }, without: Unseen.response)
        self.init(status: answer.status, headers: fields, body: nil, atOrigin: nil)
        if method != "HEAD", answer.body.starts(with: Array("{\"origin\":".utf8)) {
            let echo = try OriginEcho(answer.body)
            atOrigin = AtOrigin(
                origin: echo.origin, method: echo.method, target: echo.target,
                host: echo.all("host").joined(separator: "|"),
                headers: Self.byName(echo.headers.map { ($0[0], $0[1]) }, without: Unseen.request),
                bodyLength: echo.bodyLength)
        } else if method != "HEAD" {
            body = Latin1.string(answer.body)
        }
    }

    static func byName(_ fields: [(String, String)], without unseen: Set<String>) -> [String: [String]] {
        var result: [String: [String]] = [:]
        for (name, value) in fields where !unseen.contains(name.lowercased()) {
            // Seconds: the edge's clock has moved on since.
            result[name.lowercased(), default: []].append(name.lowercased() == "retry-after" ? "soon" : value)
        }
        return result
    }
}
