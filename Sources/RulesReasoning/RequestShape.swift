internal import RulesLanguage

/// How fields of one request hang together, so that no example is told that no request can have.
enum RequestShape {
    /// The same values, a file extension put to the path where it is missing; nil: no request has all of them.
    static func settled(_ values: [FieldID: FieldValue]) -> [FieldID: FieldValue]? {
        var values = values
        func text(_ id: FieldID) -> [UInt8]? { if case .bytes(let text)? = values[id] { text } else { nil } }
        for (pathField, extensionField) in [(FieldID.path, FieldID.pathExtension), (.rawPath, .rawPathExtension)] {
            guard let wanted = text(extensionField), let path = text(pathField), fileExtension(of: path) != wanted
            else {
                continue
            }
            let longer = path + [UInt8(ascii: ".")] + wanted
            guard fileExtension(of: longer) == wanted else { return nil }
            values[pathField] = .bytes(longer)
        }
        for (whole, path, query) in [
            (FieldID.uri, FieldID.path, FieldID.query), (.rawURI, .rawPath, .rawQuery),
        ] {
            guard let uri = text(whole) else { continue }
            let parts = uri.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
            if let path = text(path), !path.isEmpty, !path.elementsEqual(parts[0]) { return nil }
            if let query = text(query), !query.elementsEqual(parts.count > 1 ? parts[1] : []) { return nil }
        }
        for (whole, uri, path) in [(FieldID.fullURI, FieldID.uri, FieldID.path), (.rawFullURI, .rawURI, .rawPath)] {
            guard let full = text(whole) else { continue }
            let isTLS = full.starts(with: "https://".utf8)
            guard isTLS || full.starts(with: "http://".utf8) else { return nil }
            if case .bool(let wanted)? = values[.ssl], wanted != isTLS { return nil }
            let rest = full.dropFirst(isTLS ? 8 : 7)
            let slash = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            if let host = text(.httpHost), !host.elementsEqual(rest[..<slash]) { return nil }
            if let uri = text(uri), !uri.isEmpty, !uri.elementsEqual(rest[slash...]) { return nil }
            if let path = text(path), !rest[slash...].starts(with: path) { return nil }
        }
        return values
    }

    /// What stands behind the last dot of the last part, in lower case; a name that begins with its only dot has none.
    private static func fileExtension(of path: [UInt8]) -> [UInt8] {
        let name = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last ?? []
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else { return [] }
        return name[name.index(after: dot)...].map(Glob.lower)
    }
}
