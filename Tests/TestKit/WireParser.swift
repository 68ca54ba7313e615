/// The head of an HTTP/1.1 message with its bytes as they were: names keep their case, fields their order.
package struct WireHead: Sendable, Equatable {
    /// A header field; both parts as ``Latin1`` text, the value without the blanks around it.
    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The request or status line without its end.
    package let startLine: String
    package let fields: [Field]

    /// The value of the first field of that name, whatever its case.
    package func first(_ name: String) -> String? {
        fields.first { $0.name.isSameFieldName(as: name) }?.value
    }

    /// All values of that name in order.
    package func all(_ name: String) -> [String] {
        fields.filter { $0.name.isSameFieldName(as: name) }.map(\.value)
    }

    /// Whether a comma separated field such as `Connection` lists the token, whatever its case.
    package func lists(_ token: String, in name: String) -> Bool {
        all(name).contains { value in
            value.split(separator: ",").contains { $0.drop(while: { $0 == " " }).isSameToken(as: token) }
        }
    }

    /// The request line's parts: up to the first blank, between, and after the last blank.
    package var request: (method: String, target: String, version: String)? {
        guard let first = startLine.firstIndex(of: " "), let last = startLine.lastIndex(of: " "), first < last else {
            return nil
        }
        return (
            String(startLine[..<first]), String(startLine[startLine.index(after: first)..<last]),
            String(startLine[startLine.index(after: last)...])
        )
    }

    /// The status code of a status line; nil when the line is not one.
    package var status: Int? {
        guard startLine.hasPrefix("HTTP/1.") else { return nil }
        let parts = startLine.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[1].utf8.count == 3, let code = Int(parts[1]), code >= 100 else { return nil }
        return code
    }

    package var isHTTP10: Bool { startLine.hasPrefix("HTTP/1.0 ") || startLine.hasSuffix(" HTTP/1.0") }
}

/// Cuts a stream of bytes into HTTP/1.1 messages (RFC 9112 framing), leaving what is inside them alone.
///
/// Feed it with ``append(_:)``, then call ``next()`` until it gives nil. It is strict about the frame (a wrong length
/// would mix up answers) and has no opinion on the content: hostile bytes in a target or a value pass through.
package struct WireParser: Sendable {
    package enum Event: Sendable, Equatable {
        case head(WireHead)
        case body([UInt8])
        case end
    }

    package struct Malformed: Error, Sendable, CustomStringConvertible {
        package let reason: String
        package var description: String { "not HTTP/1.1: \(reason)" }
    }

    package enum Kind: Sendable {
        case requests
        /// Set ``WireParser/answersHead`` before the answer to a HEAD request.
        case responses
    }

    private enum State {
        case head
        case fixed(Int)
        case untilClose, chunkSize
        case chunk(Int)
        case chunkEnd, trailers, end
    }

    /// A head longer than this is refused, in bytes.
    package static let headLimit = 1 << 20

    package let kind: Kind
    /// The next answer has no body whatever its fields say.
    package var answersHead = false
    private var buffer: [UInt8] = []
    private var start = 0
    private var scanned = 0
    private var state = State.head

    package init(_ kind: Kind) {
        self.kind = kind
    }

    /// Whether a message has begun and is not complete.
    package var isInside: Bool {
        if case .head = state { return start < buffer.count }
        return true
    }

    package mutating func append(_ bytes: some Sequence<UInt8>) {
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: true)
            scanned = 0
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next part of a message, or nil when more bytes are needed.
    package mutating func next() throws(Malformed) -> Event? {
        while true {
            switch state {
            case .head:
                return try takeHead()
            case .fixed(let left):
                if left == 0 { state = .end } else { return takeBody(left) { .fixed($0) } }
            case .untilClose:
                return takeBody(buffer.count - start) { _ in .untilClose }
            case .chunkSize:
                guard let line = try takeLine() else { return nil }
                let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
                guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0 else {
                    throw Malformed(reason: "chunk size '\(Latin1.string(line))'")
                }
                state = size == 0 ? .trailers : .chunk(size)
            case .chunk(let left):
                if left == 0 { state = .chunkEnd } else { return takeBody(left) { .chunk($0) } }
            case .chunkEnd:
                guard let line = try takeLine() else { return nil }
                guard line.isEmpty else { throw Malformed(reason: "a chunk is longer than its size") }
                state = .chunkSize
            case .trailers:
                guard let line = try takeLine() else { return nil }
                if line.isEmpty { state = .end }
            case .end:
                state = .head
                answersHead = false
                return .end
            }
        }
    }

    /// Tells that the other side closed. Gives `.end` for a body that runs until then, nil between messages, and
    /// throws when the close cut a message short.
    package mutating func close() throws(Malformed) -> Event? {
        if case .untilClose = state {
            state = .head
            return .end
        }
        if isInside { throw Malformed(reason: "the connection closed in the middle of a message") }
        return nil
    }

    private mutating func takeHead() throws(Malformed) -> Event? {
        // RFC 9112 §2.2: empty lines before a request line are to be ignored.
        while kind == .requests, start + 1 < buffer.count, buffer[start] == 13, buffer[start + 1] == 10 { start += 2 }
        scanned = max(scanned, start)
        while scanned + 3 < buffer.count {
            if buffer[scanned] == 13, buffer[scanned + 1] == 10, buffer[scanned + 2] == 13, buffer[scanned + 3] == 10 {
                let head = try parseHead(buffer[start..<scanned])
                start = scanned + 4
                scanned = start
                state = try framing(of: head)
                return .head(head)
            }
            scanned += 1
        }
        guard buffer.count - start <= Self.headLimit else { throw Malformed(reason: "the head has no end") }
        return nil
    }

    private func parseHead(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> WireHead {
        var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)[...]
        let startLine = Latin1.string((lines.popFirst() ?? []).droppingReturn())
        var fields: [WireHead.Field] = []
        fields.reserveCapacity(lines.count)
        for line in lines {
            let line = line.droppingReturn()
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                throw Malformed(reason: "header line without a colon: '\(Latin1.string(line))'")
            }
            let value = line[(colon + 1)...].trimmingBlanks()
            fields.append(WireHead.Field(Latin1.string(line[..<colon]), Latin1.string(value)))
        }
        return WireHead(startLine: startLine, fields: fields)
    }

    /// RFC 9112 §6.3, in its order.
    private func framing(of head: WireHead) throws(Malformed) -> State {
        switch kind {
        case .requests:
            if head.request == nil { throw Malformed(reason: "request line '\(head.startLine)'") }
        case .responses:
            guard let status = head.status else { throw Malformed(reason: "status line '\(head.startLine)'") }
            if answersHead || status < 200 || status == 204 || status == 304 { return .end }
        }
        if head.lists("chunked", in: "transfer-encoding") { return .chunkSize }
        if let length = head.first("content-length") {
            guard let count = Int(length), count >= 0 else { throw Malformed(reason: "content-length '\(length)'") }
            return .fixed(count)
        }
        return kind == .requests ? .end : .untilClose
    }

    private mutating func takeBody(_ most: Int, _ rest: (Int) -> State) -> Event? {
        let count = min(most, buffer.count - start)
        guard count > 0 else { return nil }
        let bytes = Array(buffer[start..<(start + count)])
        start += count
        scanned = start
        state = rest(most - count)
        return .body(bytes)
    }

    private mutating func takeLine() throws(Malformed) -> ArraySlice<UInt8>? {
        guard let end = buffer[start...].firstIndex(of: 10) else {
            if buffer.count - start > Self.headLimit { throw Malformed(reason: "a line has no end") }
            return nil
        }
        let line = buffer[start..<end].droppingReturn()
        start = end + 1
        scanned = start
        return line
    }
}

extension ArraySlice<UInt8> {
    fileprivate func droppingReturn() -> ArraySlice<UInt8> { last == 13 ? dropLast() : self }

    fileprivate func trimmingBlanks() -> ArraySlice<UInt8> {
        var part = drop { $0 == 32 || $0 == 9 }
        while let last = part.last, last == 32 || last == 9 { part.removeLast() }
        return part
    }
}

extension StringProtocol {
    fileprivate func isSameToken(as other: String) -> Bool {
        var mine = self[...]
        while mine.last == " " { mine.removeLast() }
        return mine.isSameFieldName(as: other)
    }

    /// Field names and tokens compare without regard to ASCII case (RFC 9110 §5.1).
    fileprivate func isSameFieldName(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return zip(utf8, other.utf8).allSatisfy { left, right in
            left == right || ((left | 0x20) == (right | 0x20) && (97...122).contains(left | 0x20))
        }
    }
}
