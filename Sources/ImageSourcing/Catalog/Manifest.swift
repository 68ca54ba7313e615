/// Objects by their names, instead of those that a listing finds; everything else is the source's.
package struct ManifestSource: ObjectSource {
    private let source: any ObjectSource
    private let keys: [ObjectKey]

    package init(_ keys: some Sequence<ObjectKey>, of source: any ObjectSource) {
        self.keys = Set(keys).sorted()
        self.source = source
    }

    package func list(_ request: ListingRequest) async throws(ObjectFailure) -> ListingPage {
        var low = 0
        var high = keys.count
        if let after = request.after {
            while low < high {
                let middle = (low + high) / 2
                if keys[middle] <= after { low = middle + 1 } else { high = middle }
            }
        }
        let page = keys[low...].lazy.filter { $0.hasPrefix(request.prefix) }.prefix(request.limit)
        let objects = page.map { SourceObject($0) }
        let isLast = objects.count < request.limit
        return ListingPage(Array(objects), next: isLast ? nil : objects.last?.key)
    }

    package func open(_ key: ObjectKey, range: Range<Int64>?, expecting etag: EntityTag?) async throws(ObjectFailure)
        -> ObjectBody
    {
        try await source.open(key, range: range, expecting: etag)
    }
}

/// Reports as lines of comma-separated values (RFC 4180), and the keys read back from them.
package enum ReportText {
    /// Columns of a report, in their order.
    package static let header =
        "key,key_hex,fate,reason,offset,size,etag,modified,format,flags,attempts"

    /// One object. A key that is no UTF-8 or has control characters stands in hexadecimal.
    package static func line(_ row: LedgerRow) -> String {
        let key = row.object.key
        let text = key.text.flatMap { $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } ? $0 : nil }
        let fields: [String] = [
            text ?? "", text == nil ? key.bytes.map(hexadecimal).joined() : "", row.fate.word,
            row.fate.reason?.rawValue ?? "", row.offset.map { String($0) } ?? "",
            row.object.size.map { String($0) } ?? "", row.object.etag?.text ?? "",
            row.object.modified.map { String($0) } ?? "", row.format?.rawValue ?? "",
            row.flags.words.joined(separator: " "),
            String(row.attempts),
        ]
        return fields.map(quoted).joined(separator: ",")
    }

    /// The keys of a report, or of a file with a key on each line.
    package static func keys(_ bytes: [UInt8]) -> [ObjectKey] {
        let rows = records(bytes)
        guard let first = rows.first, let column = first.firstIndex(of: Array("key".utf8)), first.count > 1 else {
            return bytes.split(separator: 0x0A).map { line in
                ObjectKey(bytes: Array(line.last == 0x0D ? line.dropLast() : line))
            }.filter { !$0.isEmpty }
        }
        let hex = first.firstIndex(of: Array("key_hex".utf8))
        return rows.dropFirst().compactMap { row in
            if column < row.count, !row[column].isEmpty { return ObjectKey(bytes: row[column]) }
            guard let hex, hex < row.count, row[hex].count % 2 == 0, !row[hex].isEmpty else { return nil }
            let digits = row[hex].compactMap { Character(UnicodeScalar($0)).hexDigitValue }
            guard digits.count == row[hex].count else { return nil }
            return ObjectKey(
                bytes: stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
        }
    }

    private static func records(_ bytes: [UInt8]) -> [[[UInt8]]] {
        var rows: [[[UInt8]]] = []
        var row: [[UInt8]] = []
        var field: [UInt8] = []
        var isQuoted = false
        var i = 0
        while i < bytes.count {
            let byte = bytes[i]
            switch byte {
            case UInt8(ascii: "\"") where isQuoted && i + 1 < bytes.count && bytes[i + 1] == byte:
                field.append(byte)
                i += 1
            case UInt8(ascii: "\"") where isQuoted || field.isEmpty: isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted:
                row.append(field)
                field = []
            case 0x0A where !isQuoted:
                rows.append(row + [field])
                (row, field) = ([], [])
            case 0x0D where !isQuoted: break
            default: field.append(byte)
            }
            i += 1
        }
        if !row.isEmpty || !field.isEmpty { rows.append(row + [field]) }
        return rows
    }

    private static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { [UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D].contains($0) }) else {
            return text
        }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return byte < 16 ? "0" + text : text
    }
}

extension ObjectFate {
    /// `pending`, `imported`, `replaced`, `kept`, `skipped` or `failed`.
    package var word: String {
        switch self {
        case .pending: "pending"
        case .imported(let replaced): replaced ? "replaced" : "imported"
        case .kept: "kept"
        case .skipped: "skipped"
        case .failed: "failed"
        }
    }
}

extension LedgerRow.Flags {
    package var words: [String] {
        (contains(.typeMismatch) ? ["type-mismatch"] : []) + (contains(.activeSVG) ? ["svg-active"] : [])
    }
}
