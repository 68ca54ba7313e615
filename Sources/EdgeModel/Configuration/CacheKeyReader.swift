/// `cache_key`: what a cache tells answers apart by. This edge keeps nothing; the key travels in the plan for the cache
/// that stands behind or beside it, so its shape is checked here and its meaning is that cache's.
enum CacheKeyReader {
    /// Bytes of its canonical text.
    static let longest = 4_096

    private indirect enum Shape {
        case flag
        case texts
        /// `all: true`, or `list` with texts; older exports have `"*"`, or the texts alone.
        case choice
        /// Texts by names of the author's own.
        case textsByName
        case map(KeyValuePairs<String, Shape>)
    }

    private static let shape: KeyValuePairs<String, Shape> = [
        "cache_by_device_type": .flag,
        "cache_deception_armor": .flag,
        "ignore_query_strings_order": .flag,
        "custom_key": .map([
            "query_string": .map(["include": .choice, "exclude": .choice]),
            "header": .map([
                "include": .texts, "check_presence": .texts, "contains": .textsByName, "exclude_origin": .flag,
            ]),
            "cookie": .map(["include": .texts, "check_presence": .texts]),
            "user": .map(["device_type": .flag, "geo": .flag, "lang": .flag]),
            "host": .map(["resolved": .flag]),
        ]),
    ]

    /// Canonical: keys sorted, nothing empty.
    static func read(_ reader: inout DocumentReader) -> DocumentValue? {
        guard let key = map("cache_key", shape, &reader) else { return nil }
        guard case .object(let members) = key, !members.isEmpty else {
            if reader.findings.isEmpty {
                reader.report("missing-key", "cache_key", "a cache key says by what answers are told apart")
            }
            return nil
        }
        let sorted = key.sorted
        guard sorted.json().utf8.count <= longest else {
            reader.report("out-of-range", "cache_key", "a cache key has at most \(longest) bytes")
            return nil
        }
        return sorted
    }

    private static func map(
        _ key: String, _ shape: KeyValuePairs<String, Shape>, _ reader: inout DocumentReader
    ) -> DocumentValue? {
        guard let node = reader.node(key) else { return nil }
        var inner = DocumentReader(node, at: reader.place(key))
        let members = shape.compactMap { name, part in
            value(name, part, &inner).map { DocumentMember(name, $0) }
        }
        inner.finish(known: shape.map(\.key))
        reader.adopt(inner.findings)
        return .object(members)
    }

    private static func value(_ key: String, _ shape: Shape, _ reader: inout DocumentReader) -> DocumentValue? {
        switch shape {
        case .flag: return reader.bool(key).map { .bool($0) }
        case .texts: return reader.strings(key).flatMap { $0.isEmpty ? nil : list($0) }
        case .choice: return choice(key, &reader)
        case .textsByName: return textsByName(key, &reader)
        case .map(let parts):
            guard case .object(let members)? = map(key, parts, &reader), !members.isEmpty else { return nil }
            return .object(members)
        }
    }

    private static func choice(_ key: String, _ reader: inout DocumentReader) -> DocumentValue? {
        guard let node = reader.node(key) else { return nil }
        switch node.content {
        case .string("*"): return .object(["all": .bool(true)])
        case .array: return reader.strings(key).flatMap { $0.isEmpty ? nil : .object(["list": list($0)]) }
        default: break
        }
        var inner = DocumentReader(node, at: reader.place(key))
        let all = inner.bool("all")
        let names = inner.strings("list")
        if (all == true) == (names != nil), inner.findings.isEmpty {
            inner.report("bad-value", "all", "write 'all: true', or 'list' with names")
        }
        inner.finish(known: ["all", "list"])
        reader.adopt(inner.findings)
        return names.map { .object(["list": list($0)]) } ?? .object(["all": .bool(true)])
    }

    private static func textsByName(_ key: String, _ reader: inout DocumentReader) -> DocumentValue? {
        guard let members = reader.members(key), let node = reader.node(key) else { return nil }
        var inner = DocumentReader(node, at: reader.place(key))
        let read = members.compactMap { member in
            inner.strings(member.key).map { DocumentMember(member.key, list($0)) }
        }
        reader.adopt(inner.findings)
        return read.isEmpty ? nil : .object(read)
    }

    private static func list(_ texts: [String]) -> DocumentValue { .array(texts.map { .string($0) }) }
}
