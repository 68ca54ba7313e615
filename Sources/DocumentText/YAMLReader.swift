internal import CYaml
internal import EdgeModel

/// YAML by libyaml's events, which is where the limits can be kept: nothing is composed before it was counted, so an
/// alias is refused before it could be expanded and a nesting before it could exhaust the stack.
struct YAMLReader {
    private enum Stop: Error { case syntax, tooDeep, tooMany }

    private let bytes: [UInt8]
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private var nodes = 0
    private var findings: [Finding] = []
    /// Refusals of single values are collected so that the author sees them at once, up to this many.
    private static let mostFindings = 20

    static func read(_ bytes: [UInt8]) throws(DocumentTextError) -> DocumentNode {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else {
            throw DocumentTextError(Finding(.error, "out-of-memory", at: "document", "no memory to read the text"))
        }
        defer { yaml_parser_delete(parser) }
        var reader = YAMLReader(bytes: bytes, parser: parser)
        let result = bytes.withUnsafeBufferPointer { buffer in
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
            return reader.readStream()
        }
        guard let result, reader.findings.isEmpty else { throw DocumentTextError(reader.findings) }
        return result
    }

    private init(bytes: [UInt8], parser: UnsafeMutablePointer<yaml_parser_t>) {
        self.bytes = bytes
        self.parser = parser
    }

    private mutating func readStream() -> DocumentNode? {
        do throws(Stop) {
            var root: DocumentNode?
            while true {
                let event = try next()
                switch event.kind {
                case .documentStart where root != nil:
                    stop("several-documents", event.index, "a second document begins here", "keep one document a file")
                    return nil
                case .streamStart, .documentStart, .documentEnd: continue
                case .streamEnd: return root ?? DocumentNode(.null, line: 1)
                default: root = try value(event, depth: 1)
                }
            }
        } catch {
            if error == .tooMany {
                stop("too-many-values", here, "more than \(DocumentText.Limit.nodes) values", "split the document")
            }
            return nil
        }
    }

    /// Where the reader stands now.
    private var here: Int { Int(parser.pointee.mark.index) }

    /// - Parameter character: where in the text, counted from its begin.
    private mutating func refuse(_ code: String, _ character: Int, _ message: String, _ remedy: String) {
        guard findings.count < Self.mostFindings else { return }
        stop(code, character, message, remedy)
    }

    /// A finding after which nothing more is read; told whatever was told before.
    ///
    /// The line is counted here and not taken from the parser, which ends lines in more ways than editors do.
    private mutating func stop(_ code: String, _ character: Int, _ message: String, _ remedy: String) {
        stop(code, byte: SourceExcerpt.index(ofCharacter: character, in: bytes[...]), message, remedy)
    }

    private mutating func stop(_ code: String, byte: Int, _ message: String, _ remedy: String) {
        let place = SourceExcerpt.place(of: byte, in: bytes)
        findings.append(
            Finding(
                .error, code, at: "document", line: place.line, column: place.column + 1, message, remedy: remedy,
                excerpt: SourceExcerpt.excerpt(of: bytes, line: place.line, column: place.column)))
    }

    // MARK: values

    private mutating func value(_ event: Event, depth: Int) throws(Stop) -> DocumentNode {
        nodes += 1
        if nodes > DocumentText.Limit.nodes { throw .tooMany }
        if event.hasAnchor {
            refuse("anchor", event.index, "anchors are not read", "write the value out where it is needed")
        }
        if event.hasTag {
            refuse("tag", event.index, "tags are not read", "quote what is a text and remove the tag")
        }
        switch event.kind {
        case .scalar:
            guard event.isPlain else { return DocumentNode(.string(event.text), line: event.line) }
            if let content = PlainScalar.meaning(of: event.text).content(event.text) {
                return DocumentNode(content, line: event.line)
            }
            refuse(
                "number-out-of-range", event.index,
                "the number \(event.text.prefix(40)) is too large to be kept exactly",
                "quote it when it is a text")
            return DocumentNode(.null, line: event.line)
        case .alias:
            refuse("alias", event.index, "aliases are not read", "write the value out where it is needed")
            return DocumentNode(.null, line: event.line)
        case .sequenceStart: return DocumentNode(.array(try items(depth: try deeper(depth))), line: event.line)
        case .mappingStart: return DocumentNode(.object(try members(depth: try deeper(depth))), line: event.line)
        default: throw .syntax
        }
    }

    private mutating func deeper(_ depth: Int) throws(Stop) -> Int {
        guard depth <= DocumentText.Limit.depth else {
            stop(
                "too-deep", here, "more than \(DocumentText.Limit.depth) lists and maps inside one another",
                "flatten the document")
            throw .tooDeep
        }
        return depth + 1
    }

    private mutating func items(depth: Int) throws(Stop) -> [DocumentNode] {
        var items: [DocumentNode] = []
        while true {
            let event = try next()
            if event.kind == .sequenceEnd { return items }
            items.append(try value(event, depth: depth))
        }
    }

    private mutating func members(depth: Int) throws(Stop) -> [(key: String, line: Int?, value: DocumentNode)] {
        var members: [(key: String, line: Int?, value: DocumentNode)] = []
        while true {
            let event = try next()
            if event.kind == .mappingEnd { return members }
            if event.kind == .scalar, event.hasAnchor || event.hasTag || (event.isPlain && event.text.isEmpty) {
                refuse("bad-key", event.index, "a key with an anchor, a tag or without a name", "write a plain name")
            } else if event.kind != .scalar {
                refuse("bad-key", event.index, "a key must be a text", "write a plain name")
                // Read to its end, so that what follows is still understood.
                _ = try value(event, depth: depth)
            }
            let node = try value(try next(), depth: depth)
            members.append((key: event.text, line: event.line, value: node))
        }
    }

    // MARK: events

    private mutating func next() throws(Stop) -> Event {
        var raw = yaml_event_t()
        guard yaml_parser_parse(parser, &raw) == 1 else {
            reportSyntax()
            throw .syntax
        }
        defer { yaml_event_delete(&raw) }
        return Event(raw)
    }

    private mutating func reportSyntax() {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it cannot be read"
        let context = parser.pointee.context.map { String(cString: $0) + ": " } ?? ""
        if parser.pointee.error == YAML_READER_ERROR {
            let offset = min(Int(parser.pointee.problem_offset), bytes.count)
            stop(
                "control-character", byte: offset, problem, "remove it, or write it as an escape in double quotes")
            return
        }
        stop(
            "syntax", Int(parser.pointee.problem_mark.index), context + problem,
            "correct the line; a text with : # or quotes in it belongs in '...'")
    }
}

/// What is used of a libyaml event, copied out so that the event can be freed.
private struct Event {
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd, alias, scalar
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd
    }

    var kind: Kind
    var line: Int
    /// In characters from the begin of the text.
    var index: Int
    var text = ""
    var isPlain = false
    var hasAnchor = false
    var hasTag = false

    init(_ raw: yaml_event_t) {
        line = Int(raw.start_mark.line) + 1
        index = Int(raw.start_mark.index)
        switch raw.type {
        case YAML_STREAM_END_EVENT: kind = .streamEnd
        case YAML_DOCUMENT_START_EVENT: kind = .documentStart
        case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
        case YAML_ALIAS_EVENT: kind = .alias
        case YAML_SCALAR_EVENT:
            kind = .scalar
            let scalar = raw.data.scalar
            text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
            hasAnchor = scalar.anchor != nil
            hasTag = scalar.tag != nil
        case YAML_SEQUENCE_START_EVENT:
            kind = .sequenceStart
            hasAnchor = raw.data.sequence_start.anchor != nil
            hasTag = raw.data.sequence_start.tag != nil
        case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            kind = .mappingStart
            hasAnchor = raw.data.mapping_start.anchor != nil
            hasTag = raw.data.mapping_start.tag != nil
        case YAML_MAPPING_END_EVENT: kind = .mappingEnd
        default: kind = .streamStart
        }
    }
}
