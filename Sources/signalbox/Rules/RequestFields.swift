internal import EdgeEngine
internal import RulesLanguage

/// The fields of a request as the edge fills them, for an expression that no plan holds.
///
/// The same as `Workspace.fill`, with values that own their memory; a test compares the two through a trace.
enum RequestFields {
    private typealias Text = ArraySlice<UInt8>

    static func values(_ shaped: ShapedRequest) -> [FieldID: FieldValue] {
        let request = shaped.request
        let scheme = Array((request.isTLS ? "https://" : "http://").utf8)
        let host = shaped.authority.map(lower)
        let (path, query) = split(shaped.path[...])
        var values: [FieldID: FieldValue] = [
            .method: .string(request.method), .httpHost: .bytes(host), .httpVersion: .string(request.protocolVersion),
            .timestampSeconds: .int(request.seconds), .timestampMilliseconds: .int(request.milliseconds),
            .ssl: .bool(request.isTLS), .edgeServerPort: .int(Int64(request.destinationPort)),
            .uri: .bytes(shaped.path), .rawURI: .bytes(shaped.path), .path: .bytes(Array(path)),
            .rawPath: .bytes(Array(path)), .query: .bytes(Array(query)), .rawQuery: .bytes(Array(query)),
            .pathExtension: .bytes(fileExtension(path)), .rawPathExtension: .bytes(fileExtension(path)),
            .fullURI: .bytes(scheme + host + shaped.path), .rawFullURI: .bytes(scheme + host + shaped.path),
            .args: .map(arguments(query)), .rawArgs: .map(arguments(query)), .headersTruncated: .bool(false),
        ]
        if let address = request.clientAddress { values[.sourceIP] = .ip(address) }
        if let address = request.destinationAddress { values[.edgeServerIP] = .ip(address) }
        var headers: [FieldValue.Entry] = []
        for header in shaped.headers {
            // The peer's address, which Envoy adds, is not the client's word.
            guard header.name == "x-forwarded-for" else {
                headers.append(.init(key: Array(header.name.utf8), value: header.value))
                continue
            }
            guard let comma = header.value.lastIndex(of: UInt8(ascii: ",")) else { continue }
            headers.append(.init(key: Array(header.name.utf8), value: Array(header.value[..<comma])))
        }
        values[.headers] = .map(headers)
        func first(_ name: String) -> [UInt8] { headers.first { $0.key.elementsEqual(name.utf8) }?.value ?? [] }
        let cookie = Array(
            headers.filter { $0.key.elementsEqual("cookie".utf8) }.map(\.value).joined(separator: "; ".utf8))
        values[.cookie] = .bytes(cookie)
        values[.cookies] = .map(cookies(cookie[...]))
        values[.referer] = .bytes(first("referer"))
        values[.userAgent] = .bytes(first("user-agent"))
        values[.xForwardedFor] = .bytes(first("x-forwarded-for"))
        let languages = first("accept-language")
        if !languages.isEmpty { values[.acceptedLanguages] = .list(accepted(languages[...])) }
        return values
    }

    static func values(status: Int, _ headers: [EdgeRequest.Header]) -> [FieldID: FieldValue] {
        let entries = headers.map {
            FieldValue.Entry(key: Array($0.name.lowercased().utf8), value: $0.value)
        }
        var values: [FieldID: FieldValue] = [
            .responseCode: .int(Int64(status)), .responseHeaders: .map(entries),
            .responseHeadersTruncated: .bool(false),
        ]
        if let type = entries.first(where: { $0.key.elementsEqual("content-type".utf8) }) {
            let media = type.value.prefix { $0 != UInt8(ascii: ";") }
            values[.responseMediaType] = .bytes(trimmed(media).map(lower))
        }
        return values
    }

    // MARK: parts

    private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }

    private static func split(_ target: Text) -> (path: Text, query: Text) {
        guard let mark = target.firstIndex(of: UInt8(ascii: "?")) else { return (target, target[target.endIndex...]) }
        return (target[..<mark], target[(mark + 1)...])
    }

    private static func trimmed(_ text: Text) -> Text {
        let isSpace = { (byte: UInt8) in byte == 32 || byte == 9 }
        let rest = text.drop(while: isSpace)
        return rest.dropLast(rest.reversed().prefix(while: isSpace).count)
    }

    private static func fileExtension(_ path: Text) -> [UInt8] {
        let name = path[(path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? path.startIndex)...]
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else { return [] }
        return name[(dot + 1)...].map(lower)
    }

    private static func arguments(_ query: Text) -> [FieldValue.Entry] {
        query.split(separator: UInt8(ascii: "&")).map { part in
            let mark = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            return FieldValue.Entry(key: Array(part[..<mark]), value: Array(part[mark...].dropFirst()))
        }
    }

    private static func cookies(_ header: Text) -> [FieldValue.Entry] {
        header.split(separator: UInt8(ascii: ";")).compactMap { part in
            let part = trimmed(part)
            guard let mark = part.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            return FieldValue.Entry(
                key: decoded(trimmed(part[..<mark])), value: Array(trimmed(part[(mark + 1)...])))
        }
    }

    private static func decoded(_ name: Text) -> [UInt8] {
        var result: [UInt8] = []
        var rest = name
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                rest.count >= 2, rest.first != UInt8(ascii: "+"), rest.first != UInt8(ascii: "-")
            {
                result.append(code)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
    }

    /// Tags by weight, equal weights in order.
    private static func accepted(_ header: Text) -> [[UInt8]] {
        var tags: [(tag: [UInt8], weight: Double)] = []
        for part in header.split(separator: UInt8(ascii: ",")) {
            let pieces = part.split(separator: UInt8(ascii: ";"), maxSplits: 1)
            let tag = trimmed(pieces.first ?? [])
            let weight = pieces.dropFirst().first.flatMap { text in
                Double(String(decoding: trimmed(text).dropFirst(2), as: UTF8.self))
            }
            if !tag.isEmpty { tags.append((Array(tag), weight ?? 1)) }
        }
        return tags.enumerated().sorted { left, right in
            left.element.weight == right.element.weight
                ? left.offset < right.offset : left.element.weight > right.element.weight
        }.map(\.element.tag)
    }
}
