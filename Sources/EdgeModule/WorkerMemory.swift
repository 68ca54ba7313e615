internal import CEnvoyModule
internal import EdgeEngine
internal import EdgePlan
internal import RulesLanguage

/// What a worker thread reuses from request to request. Made at the thread's first request; workers live as long as
/// the process, so it is never given back.
struct WorkerMemory: ~Copyable {
    var workspace = Workspace()
    var answer = OwnAnswer()
    var text = TextBuffer()
    var headers = HeaderReader()
    /// Memory of filters whose requests have ended.
    var spare = SpareBlocks()

    static var current: UnsafeMutablePointer<WorkerMemory> {
        if let known = signalbox_thread_memory() { return known.assumingMemoryBound(to: WorkerMemory.self) }
        let new = UnsafeMutablePointer<WorkerMemory>.allocate(capacity: 1)
        new.initialize(to: WorkerMemory())
        signalbox_set_thread_memory(new)
        return new
    }
}

/// The headers of an answer that the edge gives itself, before and after response rules.
struct OwnAnswer: ~Copyable {
    private var list = ReusableList<FieldTable.Pair>()
    private var edited = ReusableList<FieldTable.Pair>()
    private var sent = ReusableList<signalbox_pair>()

    init() {}

    mutating func begin(_ decision: borrowing Decision) {
        list.removeAll()
        switch decision.outcome {
        case .redirect: list.append(.init(key: .init("location"), value: decision.location))
        case .block:
            if !decision.contentType.isEmpty {
                list.append(.init(key: .init("content-type"), value: decision.contentType))
            }
            if !decision.retryAfter.isEmpty {
                list.append(.init(key: .init("retry-after"), value: decision.retryAfter))
            }
        default: list.append(.init(key: .init("content-type"), value: .init("text/plain")))
        }
    }

    var headers: UnsafeBufferPointer<FieldTable.Pair> { list.elements }

    mutating func append(_ header: FieldTable.Pair) { list.append(header) }

    mutating func apply(_ edit: HeaderEdit) {
        if case .add = edit.operation {
            list.append(.init(key: edit.name, value: edit.value))
        } else {
            edited.removeAll()
            for header in list.elements where !isSame(header.key, edit.name) { edited.append(header) }
            list.removeAll()
            for header in edited.elements { list.append(header) }
            if !edit.isRemoval { list.append(.init(key: edit.name, value: edit.value)) }
        }
    }

    private func isSame(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
        a.count == b.count && a.elementsEqual(b)
    }

    mutating func pairs() -> UnsafeMutableBufferPointer<signalbox_pair> {
        sent.removeAll()
        for header in list.elements { sent.append(signalbox_pair(header.key, header.value)) }
        return UnsafeMutableBufferPointer(mutating: sent.elements)
    }
}

/// Bytes that are put together once for each request.
struct TextBuffer: ~Copyable {
    private static let size = 2_048
    private let memory = UnsafeMutableRawPointer.allocate(byteCount: Self.size, alignment: 1)
    private var used = 0

    init() {}

    deinit { memory.deallocate() }

    mutating func removeAll() { used = 0 }

    var isEmpty: Bool { used == 0 }

    /// What does not fit is left out as a whole.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= Self.size &- used, let base = bytes.baseAddress else { return }
        (memory + used).copyMemory(from: base, byteCount: bytes.count)
        used &+= bytes.count
    }

    var mark: Int { used }

    func bytes(from start: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: memory + start, count: used &- start)
    }
}
