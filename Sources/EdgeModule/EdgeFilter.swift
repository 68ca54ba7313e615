internal import CEnvoyModule
internal import EdgeEngine
internal import EdgePlan
internal import RulesLanguage

/// One request on its way through the edge.
///
/// The plan stays alive while the stream has its route; `complete` is the last to use it.
struct EdgeFilter: ~Copyable {
    typealias Bytes = UnsafeRawBufferPointer

    private let start = Clock.monotonicMicroseconds
    /// When the request came; only known when its plan asks.
    private var wall: (seconds: Int64, milliseconds: Int64) = (0, 0)
    private var plan: UnsafeMutablePointer<LoadedPlan>?
    private var request: HeaderCopy?
    private var facts = ConnectionFacts()
    private var ticket: ResponseTicket?
    /// `:path` after rewrites, in memory of its own.
    private var rewritten: UnsafeMutableRawBufferPointer?
    /// The module gave the answer itself, response rules included.
    private var isAnswered = false

    /// First letter of the network's name where routes come in shards, else 0.
    private let network: UInt8

    init(network: UInt8 = 0) { self.network = network }

    deinit { rewritten?.deallocate() }

    /// - Returns: whether the request goes on to the router.
    mutating func decide(_ stream: Stream) -> Bool {
        let headers = HeaderCopy(stream)
        // Whatever the client calls by these names is not the edge's word; the route may have been chosen by it.
        var isRouteOurs = true
        for header in headers.headers where header.key.starts(with: "x-edge-") {
            stream.remove(header.key)
            isRouteOurs = false
        }
        if network != 0 {
            ShardHeader.set(stream, host: headers.authority, network: network)
            isRouteOurs = true
        }
        guard let plan = stream.plan else { return refuse(stream, 404, "no such host\n", "signalbox_no_such_host") }
        self.plan = plan
        facts = ConnectionFacts(stream, plan.pointee.accepted)
        if plan.pointee.accepted.reads(.timestampSeconds) || plan.pointee.accepted.reads(.timestampMilliseconds) {
            wall = Clock.wall
        }
        let picture = picture(headers)
        request = consume headers
        let memory = WorkerMemory.current
        EdgeEngine.decide(plan.pointee.accepted, picture, &memory.pointee.workspace)
        let configuration = memory.pointee.workspace.decision.configuration
        plan.pointee.countHits(memory.pointee.workspace.decision.matched.elements, configuration)
        ticket = ResponseTicket(memory.pointee.workspace.decision)
        Metadata.set(stream, plan.pointee.accepted, &memory.pointee)
        switch memory.pointee.workspace.decision.outcome {
        case .forward:
            forward(stream, plan, memory, isRouteOurs: isRouteOurs)
            return true
        case .block, .redirect, .noOrigin:
            answer(stream, plan, picture, memory)
            return false
        }
    }

    private mutating func refuse(_ stream: Stream, _ status: Int, _ body: StaticString, _ details: StaticString) -> Bool
    {
        isAnswered = true
        var header = signalbox_pair(Bytes("content-type"), Bytes("text/plain"))
        withUnsafeMutablePointer(to: &header) {
            stream.answer(status, UnsafeMutableBufferPointer(start: $0, count: 1), Bytes(body), details)
        }
        return false
    }

    private func picture(_ headers: borrowing HeaderCopy) -> RequestPicture {
        RequestPicture(
            method: headers.method, authority: headers.authority, path: headers.path, headers: headers.headers,
            clientAddress: facts.client, destinationAddress: facts.destination, destinationPort: facts.port,
            isTLS: facts.isTLS, protocolVersion: facts.protocolVersion, seconds: wall.seconds,
            milliseconds: wall.milliseconds, requestID: requestID(headers))
    }

    private func requestID(_ headers: borrowing HeaderCopy) -> Bytes {
        guard let plan, plan.pointee.accepted.reads(.rayID) else { return Bytes(start: nil, count: 0) }
        for header in headers.headers where header.key.equals("x-request-id") { return header.value }
        return Bytes(start: nil, count: 0)
    }

    /// The order matters: the origin's header chooses the route, the route must be resolved while the host is still the
    /// client's (a look-up by another host would land in another zone), then the header goes and the host may change.
    /// For a usual request Envoy has found the right route already.
    private mutating func forward(
        _ stream: Stream, _ plan: UnsafeMutablePointer<LoadedPlan>, _ memory: UnsafeMutablePointer<WorkerMemory>,
        isRouteOurs: Bool
    ) {
        let isHostChosen = memory.pointee.workspace.decision.hostHeader != nil
        if let origin = memory.pointee.workspace.decision.origin,
            isHostChosen || !isRouteOurs || !plan.pointee.isUsual(origin)
        {
            stream.set(Bytes("x-edge-origin"), origin)
            // An origin with a host of its own has a route that sends it, unless a rule chose another.
            if isHostChosen { stream.set(Bytes("x-edge-host"), Bytes("rule")) }
            stream.clearRoute()
            _ = stream.plan
            stream.remove(Bytes("x-edge-origin"))
            if isHostChosen { stream.remove(Bytes("x-edge-host")) }
        }
        applyRequestEdits(stream, memory)
        if let path = memory.pointee.workspace.decision.path {
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(path.count, 1), alignment: 1)
            copy.copyMemory(from: path)
            rewritten = UnsafeMutableRawBufferPointer(start: copy.baseAddress, count: path.count)
            stream.set(Bytes(":path"), path)
        }
        if let host = memory.pointee.workspace.decision.hostHeader { stream.set(Bytes(":authority"), host) }
    }

    private func applyRequestEdits(_ stream: Stream, _ memory: UnsafeMutablePointer<WorkerMemory>) {
        let edits = memory.pointee.workspace.decision.requestEdits.elements
        guard !edits.isEmpty else { return }
        switch request {
        case .some(let headers):
            let present = headers.headers
            HeaderEdits.apply(edits, stream, isResponse: false) { name in
                present.contains { $0.key.isSame(as: name) }
            }
        case .none: return
        }
    }

    /// The edge's own answer. Envoy does not show it to this filter again, so response rules run here.
    private mutating func answer(
        _ stream: Stream, _ plan: UnsafeMutablePointer<LoadedPlan>, _ picture: RequestPicture,
        _ memory: UnsafeMutablePointer<WorkerMemory>
    ) {
        isAnswered = true
        let outcome = memory.pointee.workspace.decision.outcome
        let status = outcome == .noOrigin ? 503 : memory.pointee.workspace.decision.status
        memory.pointee.answer.begin(memory.pointee.workspace.decision)
        let response = ResponsePicture(status: status, headers: memory.pointee.answer.headers)
        let before = memory.pointee.workspace.decision.matched.count
        EdgeEngine.respond(plan.pointee.accepted, picture, response, &memory.pointee.workspace)
        countResponseHits(plan, memory, from: before)
        for edit in memory.pointee.workspace.decision.responseEdits.elements { memory.pointee.answer.apply(edit) }
        let body = outcome == .noOrigin ? Bytes("no origin\n") : memory.pointee.workspace.decision.body
        let details: StaticString =
            switch outcome {
            case .block: "signalbox_block"
            case .redirect: "signalbox_redirect"
            default: "signalbox_no_origin"
            }
        stream.answer(status, memory.pointee.answer.pairs(), body, details)
    }

    private func countResponseHits(
        _ plan: UnsafeMutablePointer<LoadedPlan>, _ memory: UnsafeMutablePointer<WorkerMemory>, from: Int
    ) {
        let matched = memory.pointee.workspace.decision.matched.elements
        guard from < matched.count else { return }
        let new = UnsafeBufferPointer(rebasing: matched[from...])
        plan.pointee.countHits(new, memory.pointee.workspace.decision.configuration)
    }

    /// A response of the origin, or of Envoy itself when the origin gave none.
    mutating func respond(_ stream: Stream) {
        guard !isAnswered, let plan, let ticket else { return }
        guard plan.pointee.accepted.looksAtResponse(ticket) else {
            respond(stream, plan, ticket, ResponsePicture(status: 0, headers: .init(start: nil, count: 0)))
            return
        }
        let response = HeaderCopy(stream, isResponse: true)
        respond(
            stream, plan, ticket, ResponsePicture(status: Self.status(response), headers: response.headers))
    }

    private func respond(
        _ stream: Stream, _ plan: UnsafeMutablePointer<LoadedPlan>, _ ticket: ResponseTicket,
        _ response: ResponsePicture
    ) {
        let memory = WorkerMemory.current
        let path = rewritten.map { Bytes($0) }
        switch request {
        case .some(let headers):
            let picture = picture(headers)
            EdgeEngine.resume(ticket, picture, rewritten: path, &memory.pointee.workspace)
            EdgeEngine.respond(plan.pointee.accepted, picture, response, &memory.pointee.workspace)
        case .none: return
        }
        countResponseHits(plan, memory, from: 0)
        let edits = memory.pointee.workspace.decision.responseEdits.elements
        guard !edits.isEmpty else { return }
        let present = memory.pointee.borrowed.read(stream, isResponse: true)
        HeaderEdits.apply(edits, stream, isResponse: true) { name in present.contains { $0.name.isSame(as: name) } }
    }

    private static func status(_ response: borrowing HeaderCopy) -> Int {
        for header in response.headers where header.key.equals(":status") {
            return header.value.reduce(0) { ($0 &* 10 &+ Int($1 &- 48)) % 1_000 }
        }
        return 0
    }

    func complete(_ stream: Stream) {
        guard let plan, let ticket else { return }
        let now = Clock.monotonicMicroseconds
        let elapsed = now >= start ? now &- start : 0
        plan.pointee.counters(ticket.configuration).pointee.count(status: stream.responseCode, microseconds: elapsed)
    }
}
