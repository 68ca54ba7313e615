import FoundationEssentials
import TestKit

/// What a load run sends, where and how fast.
struct LoadPlan: Sendable {
    let targets: [HostPort]
    let requests: [LoadRequest]
    /// The response header whose values are counted.
    let tallyHeader: String?
    let connections: Int
    /// Nanoseconds between requests over all connections; nil for as fast as answers come.
    let interval: Double?
    let timeout: Duration
    let startedAt: UInt64
    /// Nanoseconds between requests that come over a connection of their own, over all targets; nil for none.
    var newConnectionInterval: Double?
    /// What the counted header has to be.
    let expectation = LoadExpectation()

    /// Each connection keeps to one target.
    func target(ofConnection index: Int) -> HostPort { targets[index % targets.count] }

    /// The same for requests over connections of their own.
    func dueAnew(_ number: Int) -> UInt64? {
        newConnectionInterval.map { startedAt &+ UInt64(Double(number) * $0) }
    }

    /// When the request with this number is due, in ``Monotonic`` nanoseconds; nil when there is no pace.
    func due(_ number: Int) -> UInt64? {
        interval.map { startedAt &+ UInt64(Double(number) * $0) }
    }
}

/// One request of a load run, as bytes.
struct LoadRequest: Sendable, Equatable {
    let path: String
    let bytes: [UInt8]
    /// The one status that is right; nil for any.
    let expectedStatus: Int?

    /// Reads `/path`, `METHOD /path` or `//host/path` (another host than the run's), and after ` => ` the status that
    /// has to come back. Throws ``Malformed``.
    init(_ line: String, host: String, headers: [(String, String)]) throws {
        let sides = line.components(separatedBy: " => ")
        expectedStatus = sides.count == 2 ? Int(sides[1]) : nil
        guard sides.count == 1 || expectedStatus != nil else { throw Malformed(line: line) }
        let words = sides[0].split(separator: " ")
        guard let last = words.last, words.count <= 2, last.hasPrefix("/"), last.utf8.allSatisfy({ $0 > 0x20 }) else {
            throw Malformed(line: line)
        }
        let method = words.count == 2 ? String(words[0]) : "GET"
        var (host, path) = (host, String(last))
        if last.hasPrefix("//") {
            let rest = last.dropFirst(2)
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            host = String(rest[..<end])
            path = end == rest.endIndex ? "/" : String(rest[end...])
        }
        self.path = path
        bytes = RawHTTP.format(method, path, host: host, headers: headers)
    }

    /// The requests of a file, one a line; empty lines and lines that begin with # are passed over.
    static func read(file: String, host: String, headers: [(String, String)]) throws -> [LoadRequest] {
        let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        return try text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }.map {
            try LoadRequest(String($0), host: host, headers: headers)
        }
    }

    struct Malformed: Error, CustomStringConvertible {
        let line: String
        var description: String { "'\(line)' is no request: write /path, METHOD /path or //host/path" }
    }
}
