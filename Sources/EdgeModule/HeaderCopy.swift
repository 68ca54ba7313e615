internal import CEnvoyModule
internal import EdgePlan
internal import RulesLanguage

/// A copy of Envoy's header map in one piece of memory. Envoy's own memory is only good until a header is set, and
/// response rules ask for the request's headers when rules have changed them already.
struct HeaderCopy: ~Copyable {
    typealias Bytes = UnsafeRawBufferPointer

    private let memory: UnsafeMutableRawPointer
    /// Pseudo-headers come first or in between, as Envoy has them.
    let headers: UnsafeBufferPointer<FieldTable.Pair>
    private(set) var method = Bytes(start: nil, count: 0)
    private(set) var authority = Bytes(start: nil, count: 0)
    private(set) var path = Bytes(start: nil, count: 0)

    init(_ stream: Stream, isResponse: Bool = false) {
        let source = WorkerMemory.current.pointee.borrowed.read(stream, isResponse: isResponse)
        let table = source.count &* MemoryLayout<FieldTable.Pair>.stride
        var size = table
        for header in source { size &+= header.name.count &+ header.content.count }
        memory = .allocate(byteCount: max(size, 16), alignment: 16)
        let pairs = memory.assumingMemoryBound(to: FieldTable.Pair.self)
        var end = memory + table
        for (index, header) in source.enumerated() {
            let pair = FieldTable.Pair(key: Self.copy(header.name, &end), value: Self.copy(header.content, &end))
            (pairs + index).initialize(to: pair)
            guard pair.key.first == UInt8(ascii: ":") else { continue }
            if pair.key.equals(":method") { method = pair.value }
            if pair.key.equals(":authority") { authority = pair.value }
            if pair.key.equals(":path") { path = pair.value }
        }
        headers = UnsafeBufferPointer(start: pairs, count: source.count)
    }

    deinit { memory.deallocate() }

    private static func copy(_ bytes: Bytes, _ end: inout UnsafeMutableRawPointer) -> Bytes {
        let start = end
        if let base = bytes.baseAddress, bytes.count > 0 { start.copyMemory(from: base, byteCount: bytes.count) }
        end += bytes.count
        return Bytes(start: start, count: bytes.count)
    }
}
