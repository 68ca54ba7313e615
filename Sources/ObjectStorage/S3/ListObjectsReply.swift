package import ImageSourcing

/// The answer to `ListObjectsV2` (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html).
package struct ListObjectsReply: Equatable {
    package var objects: [SourceObject] = []
    package var prefixes: [ObjectKey] = []
    package var isTruncated = false

    /// Bytes of an answer at most: a thousand keys of 1024 bytes, each byte percent-encoded, and what stands around them.
    static let maximumBytes = 8 << 20

    /// Throws what is wrong with the document.
    package init(_ bytes: [UInt8]) throws(XMLReader.Fault) {
        var reader = XMLReader(bytes)
        var parse = Parse()
        var depth = 0
        var text: [UInt8] = []
        var names: [Range<Int>] = []
        while true {
            switch try reader.next() {
            case .start(let name):
                depth += 1
                names.append(name)
                text = []
                if depth == 1, !reader.isName(name, "ListBucketResult") {
                    throw XMLReader.Fault(message: "not a listing", offset: name.lowerBound)
                }
                if depth == 2, reader.isName(name, "Contents") { parse.begin() }
            case .text(let range):
                // Between tags it is layout.
                if depth >= 2 { text += try reader.text(range) }
            case .end:
                let name = names.removeLast()
                if depth == 2, reader.isName(name, "Contents") {
                    parse.end()
                } else if depth == 3, reader.isName(names[1], "Contents") {
                    parse.field(name, text, reader)
                } else if depth == 3, reader.isName(names[1], "CommonPrefixes"), reader.isName(name, "Prefix") {
                    parse.prefixes.append(text)
                } else if depth == 2 {
                    parse.page(name, text, reader)
                }
                text = []
                depth -= 1
            case .finished:
                self = parse.reply()
                return
            }
        }
    }

    private init(objects: [SourceObject], prefixes: [ObjectKey], isTruncated: Bool) {
        self.objects = objects
        self.prefixes = prefixes
        self.isTruncated = isTruncated
    }

    /// What has been read so far. Keys are decoded at the end: that they are encoded may be said after them.
    private struct Parse {
        var objects: [SourceObject] = []
        var prefixes: [[UInt8]] = []
        var isTruncated = false
        var isEncoded = false
        var current = SourceObject(.first)

        mutating func begin() { current = SourceObject(.first) }

        mutating func end() {
            if !current.key.isEmpty { objects.append(current) }
        }

        mutating func field(_ name: Range<Int>, _ text: [UInt8], _ reader: XMLReader) {
            if reader.isName(name, "Key") {
                current.key = ObjectKey(bytes: text)
            } else if reader.isName(name, "Size") {
                current.size = Int64(String(decoding: text, as: UTF8.self)).flatMap { $0 < 0 ? nil : $0 }
            } else if reader.isName(name, "ETag") {
                current.etag = EntityTag(quoted: String(decoding: text, as: UTF8.self))
            } else if reader.isName(name, "LastModified") {
                current.modified = CivilTime.milliseconds(extended: text)
            } else if reader.isName(name, "StorageClass") {
                current.storageClass = StorageClass(s3: String(decoding: text, as: UTF8.self))
            }
        }

        mutating func page(_ name: Range<Int>, _ text: [UInt8], _ reader: XMLReader) {
            if reader.isName(name, "IsTruncated") { isTruncated = text == Array("true".utf8) }
            if reader.isName(name, "EncodingType") { isEncoded = text == Array("url".utf8) }
        }

        func reply() -> ListObjectsReply {
            var objects = objects
            var prefixes = prefixes
            if isEncoded {
                for index in objects.indices {
                    objects[index].key.bytes = PercentEncoding.decode(objects[index].key.bytes)
                }
                prefixes = prefixes.map(PercentEncoding.decode)
            }
            return ListObjectsReply(
                objects: objects, prefixes: prefixes.map(ObjectKey.init(bytes:)), isTruncated: isTruncated)
        }
    }
}

extension EntityTag {
    /// Reads the value of an `ETag`, with its quotes and a `W/` before them (RFC 9110 §8.8.3); nil: empty.
    init?(quoted text: String) {
        var inner = text.utf8[...]
        if inner.starts(with: "W/".utf8) { inner = inner.dropFirst(2) }
        let quote = UInt8(ascii: "\"")
        if inner.count >= 2, inner.first == quote, inner.last == quote { inner = inner.dropFirst().dropLast() }
        guard !inner.isEmpty else { return nil }
        self.init(String(Substring(inner)))
    }
}
