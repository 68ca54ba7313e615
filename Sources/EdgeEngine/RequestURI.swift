/// Path and query as rules see and rewrite them.
struct RequestURI: BitwiseCopyable {
    typealias Bytes = UnsafeRawBufferPointer

    /// As it came.
    var original = Bytes.empty
    var path = Bytes.empty
    /// Without the question mark.
    var query = Bytes.empty
    /// Path, question mark and query in one piece.
    var whole = Bytes.empty
    var isRewritten = false

    init() {}

    init(_ target: Bytes) {
        original = target
        whole = target
        (path, query) = Self.split(target)
    }

    static func split(_ target: Bytes) -> (path: Bytes, query: Bytes) {
        guard let mark = target.place(of: UInt8(ascii: "?")) else { return (target, .empty) }
        return (target.slice(0, mark), target.slice(mark &+ 1, target.count))
    }

    /// Takes over new parts; nil: as it was. Both are made safe for a request line first.
    mutating func rewrite(path newPath: Bytes?, query newQuery: Bytes?, _ arena: inout Arena) -> Bool {
        let nextPath = newPath.map { Self.escaped($0, isPath: true, &arena) } ?? path
        let nextQuery = newQuery.map { Self.escaped($0, isPath: false, &arena) } ?? query
        guard let nextPath, let nextQuery, nextPath.first == UInt8(ascii: "/") else { return false }
        let joined = nextQuery.isEmpty ? nextPath : arena.join(nextPath, Bytes("?"), nextQuery)
        guard let joined else { return false }
        (path, query, whole, isRewritten) = (nextPath, nextQuery, joined, true)
        return true
    }

    /// Bytes that may not stand in a request target (RFC 3986: controls, space, `#`, what is not ASCII; in a path also
    /// `?`) as `%XX`. Nil when memory is short.
    private static func escaped(_ bytes: Bytes, isPath: Bool, _ arena: inout Arena) -> Bytes? {
        func mustEscape(_ byte: UInt8) -> Bool {
            byte <= 32 || byte >= 127 || byte == UInt8(ascii: "#") || (isPath && byte == UInt8(ascii: "?"))
        }
        var escapes = 0
        for byte in bytes where mustEscape(byte) { escapes &+= 1 }
        if escapes == 0 { return bytes }
        guard let start = arena.allocate(bytes.count &+ 2 &* escapes) else { return nil }
        var end = 0
        for byte in bytes {
            if mustEscape(byte) {
                start.storeBytes(of: UInt8(ascii: "%"), toByteOffset: end, as: UInt8.self)
                start.storeBytes(of: hexadecimal(byte >> 4), toByteOffset: end &+ 1, as: UInt8.self)
                start.storeBytes(of: hexadecimal(byte & 15), toByteOffset: end &+ 2, as: UInt8.self)
                end &+= 3
            } else {
                start.storeBytes(of: byte, toByteOffset: end, as: UInt8.self)
                end &+= 1
            }
        }
        return Bytes(start: start, count: end)
    }

    private static func hexadecimal(_ half: UInt8) -> UInt8 { half < 10 ? 48 &+ half : 55 &+ half }

    /// The extension of the last path segment, lower case; empty for none and for names such as `.mp3`.
    static func fileExtension(of path: Bytes, _ arena: inout Arena) -> Bytes {
        var index = path.count &- 1
        var dot: Int?
        while index >= 0, path[index] != UInt8(ascii: "/") {
            if dot == nil, path[index] == UInt8(ascii: ".") { dot = index }
            index &-= 1
        }
        guard let dot, dot > index &+ 1 else { return .empty }
        return arena.lowerCased(path.slice(dot &+ 1, path.count))
    }
}
