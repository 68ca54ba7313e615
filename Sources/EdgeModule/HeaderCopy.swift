internal import EdgeEngine
internal import RulesLanguage

/// What of a request outlives its own memory. Envoy's is only good until a header is set, and response rules ask for the
/// request when rules and router have changed it already.
struct HeaderCopy: ~Copyable {
    typealias Bytes = UnsafeRawBufferPointer

    private(set) var all = UnsafeBufferPointer<FieldTable.Pair>(start: nil, count: 0)
    private(set) var method = Bytes(start: nil, count: 0)
    private(set) var authority = Bytes(start: nil, count: 0)
    private(set) var path = Bytes(start: nil, count: 0)
    /// Nil when it fitted into memory that somebody else keeps.
    private let own: UnsafeMutableRawPointer?

    /// - Parameters:
    ///   - isWhole: otherwise only method, host and path are kept.
    ///   - room: to be used when it suffices.
    init(_ source: RequestPicture, isWhole: Bool, room: UnsafeMutableRawBufferPointer) {
        let count = isWhole ? source.headers.count : 0
        let table = count &* MemoryLayout<FieldTable.Pair>.stride
        var size = table &+ source.method.count &+ source.authority.count &+ source.path.count
        for index in 0..<count { size &+= source.headers[index].key.count &+ source.headers[index].value.count }
        own = size <= room.count ? nil : .allocate(byteCount: size, alignment: 16)
        guard let start = own ?? room.baseAddress else { return }
        var end = start + table
        method = Self.copy(source.method, &end)
        authority = Self.copy(source.authority, &end)
        path = Self.copy(source.path, &end)
        let pairs = start.assumingMemoryBound(to: FieldTable.Pair.self)
        for index in 0..<count {
            let pair = source.headers[index]
            (pairs + index).initialize(
                to: FieldTable.Pair(key: Self.copy(pair.key, &end), value: Self.copy(pair.value, &end)))
        }
        all = UnsafeBufferPointer(start: pairs, count: count)
    }

    deinit { own?.deallocate() }

    @inline(__always)
    private static func copy(_ bytes: Bytes, _ end: inout UnsafeMutableRawPointer) -> Bytes {
        let start = end
        if let base = bytes.baseAddress, bytes.count > 0 { start.copyMemory(from: base, byteCount: bytes.count) }
        end += bytes.count
        return Bytes(start: start, count: bytes.count)
    }
}
