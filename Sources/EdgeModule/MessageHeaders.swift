internal import CEnvoyModule
internal import EdgePlan
internal import RulesLanguage

/// The headers of a request or response, in Envoy's memory or a copy of it.
struct MessageHeaders: BitwiseCopyable {
    typealias Bytes = UnsafeRawBufferPointer

    /// Pseudo-headers come first or in between, as Envoy has them.
    var all = UnsafeBufferPointer<FieldTable.Pair>(start: nil, count: 0)
    var method = Bytes(start: nil, count: 0)
    var authority = Bytes(start: nil, count: 0)
    var path = Bytes(start: nil, count: 0)
    /// Of a response; 0 when it says none.
    var status = 0
    /// Whether there are names that only this edge may use.
    var hasEdgeNames = false
    var names = NameMarks()

    init() {}

    static func isEdgeName(_ name: Bytes) -> Bool { name.starts(with: "x-edge-") }

    /// Looks at a name that begins with a colon or an `x`: few do, and the others concern nobody here. Not inlined, so
    /// that reading the others needs nothing but registers.
    @inline(never)
    mutating func note(_ name: Bytes, _ value: Bytes) {
        switch name.count {
        case 5: if name.equals(":path") { path = value }
        case 7:
            if name.equals(":method") {
                method = value
            } else if name.equals(":status") {
                for digit in value { status = (status &* 10 &+ Int(digit &- 48)) % 1_000 }
            }
        case 10: if name.equals(":authority") { authority = value }
        default: break
        }
        if Self.isEdgeName(name) { hasEdgeNames = true }
    }
}

/// Which names there may be, by a bit for length and last two bytes: nearly all names are told apart by it, those of
/// rules too, which often differ in a number at the end.
struct NameMarks: BitwiseCopyable {
    private var bits: UInt64 = 0

    @inline(__always)
    mutating func insert(_ name: UnsafeRawBufferPointer) { bits |= 1 &<< Self.place(name) }

    /// False: it is not among them.
    @inline(__always)
    func mayContain(_ name: UnsafeRawBufferPointer) -> Bool { bits &>> Self.place(name) & 1 == 1 }

    /// Below 64.
    @inline(__always)
    private static func place(_ name: UnsafeRawBufferPointer) -> UInt64 {
        guard let start = name.baseAddress, name.count >= 2 else { return 0 }
        let end = start.loadUnaligned(fromByteOffset: name.count &- 2, as: UInt16.self)
        return ((UInt64(end) &* 0x9e37_79b1) &>> 10 &+ UInt64(truncatingIfNeeded: name.count)) & 63
    }
}

/// Reads headers where Envoy has them.
struct HeaderReader: ~Copyable {
    private var capacity = 64
    private var found = UnsafeMutablePointer<signalbox_pair>.allocate(capacity: 64)
    private var pairs = UnsafeMutablePointer<FieldTable.Pair>.allocate(capacity: 64)

    init() {}

    deinit {
        found.deallocate()
        pairs.deallocate()
    }

    /// A message's headers in Envoy's own memory: good until one of them is changed, or another message is read.
    mutating func read(_ stream: Stream, isResponse: Bool) -> MessageHeaders {
        var result = MessageHeaders()
        let type = Int32(isResponse ? SIGNALBOX_RESPONSE_HEADERS : SIGNALBOX_REQUEST_HEADERS)
        let count = envoy_dynamic_module_callback_http_get_headers_size(stream.envoy, type)
        makeRoom(count)
        guard count > 0, envoy_dynamic_module_callback_http_get_headers(stream.envoy, type, found) else {
            return result
        }
        var names = NameMarks()
        var index = 0
        while index < count {
            let (name, value) = (found[index].name, found[index].content)
            (pairs + index).initialize(to: FieldTable.Pair(key: name, value: value))
            names.insert(name)
            let first = name.first
            if first == UInt8(ascii: ":") || first == UInt8(ascii: "x") { result.note(name, value) }
            index &+= 1
        }
        result.names = names
        result.all = UnsafeBufferPointer(start: pairs, count: count)
        return result
    }

    /// Room for so many; what was there is forgotten.
    private mutating func makeRoom(_ count: Int) {
        guard count > capacity else { return }
        found.deallocate()
        pairs.deallocate()
        capacity = count
        found = .allocate(capacity: count)
        pairs = .allocate(capacity: count)
    }
}
