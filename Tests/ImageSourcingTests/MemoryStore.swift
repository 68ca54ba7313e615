import ImageSourcing
import Synchronization

/// A store in memory, as source and target, whose calls can be made to fail.
final class MemoryStore: ObjectSource, ImageTarget {
    struct State {
        var objects: [ObjectKey: [UInt8]] = [:]
        var formats: [ObjectKey: ImageFormat] = [:]
        var listings = 0
        var opens = 0
        var puts = 0
        var lookUps = 0
        var bytesRead = 0
        /// Puts that were lasting when it was last asked for.
        var settled = 0
    }

    enum Call { case list, open, put, settle, lookUp, quota }

    let state = Mutex(State())
    let capabilities: TargetCapabilities
    let allowance: TargetQuota?
    /// Asked before each call with the number of calls of its kind before it; what it returns is thrown.
    let fault: @Sendable (Call, ObjectKey, Int) async -> ObjectFailure?

    init(
        _ objects: [String: [UInt8]] = [:],
        capabilities: TargetCapabilities = TargetCapabilities(), allowance: TargetQuota? = nil,
        fault: @escaping @Sendable (Call, ObjectKey, Int) async -> ObjectFailure? = { _, _, _ in nil }
    ) {
        self.capabilities = capabilities
        self.allowance = allowance
        self.fault = fault
        for (key, bytes) in objects { self[key] = bytes }
    }

    subscript(key: String) -> [UInt8]? {
        get { state.withLock { $0.objects[ObjectKey(key)] } }
        set { state.withLock { $0.objects[ObjectKey(key)] = newValue } }
    }

    var objects: [ObjectKey: [UInt8]] { state.withLock { $0.objects } }

    func list(_ request: ListingRequest) async throws(ObjectFailure) -> ListingPage {
        let count = state.withLock { state in
            state.listings += 1
            return state.listings - 1
        }
        if let failure = await fault(.list, request.after ?? .first, count) { throw failure }
        let all = objects.filter { $0.key.hasPrefix(request.prefix) && (request.after ?? .first) < $0.key }
        let sorted = all.sorted { $0.key < $1.key }
        let page = sorted.prefix(request.limit).map { key, bytes in
            SourceObject(key, size: Int64(bytes.count), etag: Self.tag(bytes), modified: 1)
        }
        return ListingPage(page, next: sorted.count > page.count ? page.last?.key : nil)
    }

    func open(_ key: ObjectKey, range: Range<Int64>?, expecting etag: EntityTag?) async throws(ObjectFailure)
        -> ObjectBody
    {
        let count = state.withLock { state in
            state.opens += 1
            return state.opens - 1
        }
        if let failure = await fault(.open, key, count) { throw failure }
        guard let bytes = state.withLock({ $0.objects[key] }) else { throw ObjectFailure(.gone, "no such object") }
        if let etag, etag != Self.tag(bytes) { throw ObjectFailure(.changed, "it changed") }
        return ObjectBody(
            .init(length: Int64(bytes.count), etag: Self.tag(bytes)), bytes: Counting(bytes, of: self))
    }

    func put(_ key: ObjectKey, _ content: ImageContent, _ precondition: PutPrecondition)
        async throws(ObjectFailure) -> PutOutcome
    {
        let count = state.withLock { state in
            state.puts += 1
            return state.puts - 1
        }
        if let failure = await fault(.put, key, count) { throw failure }
        var bytes: [UInt8] = []
        switch content.body {
        case .bytes(let all): bytes = all
        case .stream(let stream, let length):
            while let chunk = try await stream.next() { bytes += chunk }
            guard bytes.count == length else { throw ObjectFailure(.cut, "\(bytes.count) of \(length) bytes") }
        }
        return state.withLock { state in
            let old = state.objects[key]
            if old != nil, precondition == .createOnly { return .kept }
            state.objects[key] = bytes
            state.formats[key] = content.format
            return old == nil ? .created : .replaced
        }
    }

    func lookUp(_ key: ObjectKey) async throws(ObjectFailure) -> TargetObject? {
        let count = state.withLock { state in
            state.lookUps += 1
            return state.lookUps - 1
        }
        if let failure = await fault(.lookUp, key, count) { throw failure }
        return state.withLock { state in
            state.objects[key].map { TargetObject(size: Int64($0.count), etag: Self.tag($0)) }
        }
    }

    func quota() async throws(ObjectFailure) -> TargetQuota? {
        if let failure = await fault(.quota, .first, 0) { throw failure }
        return allowance
    }

    func settle() async throws(ObjectFailure) {
        let puts = state.withLock { $0.puts }
        if let failure = await fault(.settle, .first, puts) { throw failure }
        state.withLock { $0.settled = puts }
    }

    /// Length and some of the bytes: quick, and other for what tests change.
    static func tag(_ bytes: [UInt8]) -> EntityTag {
        EntityTag("\(bytes.count)-\(bytes.prefix(64).reduce(0) { $0 &* 31 &+ Int($1) })")
    }

    /// Counts what was pulled.
    private final class Counting: ByteStream {
        private let inner: BufferedStream
        private let store: MemoryStore

        init(_ bytes: [UInt8], of store: MemoryStore) {
            inner = BufferedStream(bytes, chunkSize: 16 << 10)
            self.store = store
        }

        func next() async throws(ObjectFailure) -> [UInt8]? {
            let chunk = try await inner.next()
            store.state.withLock { $0.bytesRead += chunk?.count ?? 0 }
            return chunk
        }

        func close() { inner.close() }
    }
}
