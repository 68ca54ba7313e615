internal import EdgeModel
internal import EdgePlan
internal import FoundationEssentials
internal import Glibc

/// A line of the access log that `EnvoyConfig` gives its form, as far as failing requests go.
enum AccessLogLine {
    /// Lines of requests that went well are most of them: they are told apart by two short searches.
    ///
    /// A client cannot write either: Envoy escapes the quotes in what it sends.
    static func mayFail(_ line: UnsafeRawBufferPointer) -> Bool {
        guard let status = find(#""status":"#, in: line), status < line.count else { return false }
        if !(UInt8(ascii: "1")...UInt8(ascii: "3")).contains(line[status]) { return true }
        return find(#""flags":"-""#, in: line) == nil && find(#""flags":"""#, in: line) == nil
    }

    /// Where a text that begins with a quote ends in the line.
    private static func find(_ text: StaticString, in line: UnsafeRawBufferPointer) -> Int? {
        guard let base = line.baseAddress else { return nil }
        let length = text.utf8CodeUnitCount
        var place = 0
        while let quote = memchr(base + place, 0x22, line.count - place) {
            place = UnsafeRawPointer(quote) - base
            if line.count - place >= length, memcmp(base + place, text.utf8Start, length) == 0 { return place + length }
            place += 1
        }
        return nil
    }

    /// nil: no line of ours, or one of a request that went well.
    static func failing(_ line: [UInt8]) -> FailingRequest? {
        guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(line)),
            let time = fields.time.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        let flags = fields.flags == "-" ? "" : fields.flags ?? ""
        let status = fields.status ?? 0
        guard status >= 400 || status < 100 || !flags.isEmpty else { return nil }
        func told(_ text: String?) -> String? { text.flatMap { $0.isEmpty || $0 == "-" ? nil : $0 } }
        return FailingRequest(
            at: time, method: fields.method ?? "", host: fields.host ?? "",
            path: told(fields.asked) ?? fields.path ?? "", status: status,
            flags: flags, details: told(fields.details) ?? "",
            network: fields.network.flatMap { Network(rawValue: $0) }, application: told(fields.application),
            version: told(fields.version), zone: told(fields.zone),
            rules: (told(fields.rules) ?? "").split(separator: ",").map { String($0) },
            duration: fields.duration ?? 0,
            origin: told(fields.cluster).map { TrafficSubject.origin(ofCluster: $0).name })
    }

    /// The log's own keys. What is empty or of another type than it should be is left out, so that one odd value does
    /// not hide a request that failed.
    private struct Fields: Decodable {
        var time, method, host, path, details, flags, network, application, version, zone, rules, asked: String?
        var cluster: String?
        var status, duration: Int?

        private enum Key: String, CodingKey {
            case time, method, host, path, details, flags, network, application, version, zone, rules, asked
            case cluster = "upstream_cluster"
            case status
            case duration = "duration_ms"
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: Key.self)
            func text(_ key: Key) -> String? { try? values.decode(String.self, forKey: key) }
            func number(_ key: Key) -> Int? { try? values.decode(Int.self, forKey: key) }
            (time, method, host, path) = (text(.time), text(.method), text(.host), text(.path))
            (details, flags, network) = (text(.details), text(.flags), text(.network))
            (application, version, zone, rules) = (text(.application), text(.version), text(.zone), text(.rules))
            (cluster, asked) = (text(.cluster), text(.asked))
            (status, duration) = (number(.status), number(.duration))
        }
    }
}
