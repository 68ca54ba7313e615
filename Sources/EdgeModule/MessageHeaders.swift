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

    init() {}

    static func isEdgeName(_ name: Bytes) -> Bool { name.starts(with: "x-edge-") }

    mutating func note(_ pair: FieldTable.Pair) {
        switch pair.key.first {
        case UInt8(ascii: ":"):
            if pair.key.equals(":path") {
                path = pair.value
            } else if pair.key.equals(":method") {
                method = pair.value
            } else if pair.key.equals(":authority") {
                authority = pair.value
            } else if pair.key.equals(":status") {
                for digit in pair.value { status = (status &* 10 &+ Int(digit &- 48)) % 1_000 }
            }
        case UInt8(ascii: "x"): if Self.isEdgeName(pair.key) { hasEdgeNames = true }
        default: break
        }
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
        var index = 0
        while index < count {
            let pair = FieldTable.Pair(key: found[index].name, value: found[index].content)
            (pairs + index).initialize(to: pair)
            // Few names begin so; the others concern nobody here.
            switch pair.key.first {
            case UInt8(ascii: ":"), UInt8(ascii: "x"): result.note(pair)
            default: break
            }
            index &+= 1
        }
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
