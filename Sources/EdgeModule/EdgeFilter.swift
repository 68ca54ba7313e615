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
    private var plan: UnsafeMutablePointer<LoadedPlan>?
    /// The request: within the callback that brought it in Envoy's memory, later what is kept of it.
    private var picture = RequestPicture()
    private var kept: HeaderCopy?
    private var ticket: ResponseTicket?
    /// `:path` after rewrites, in memory of its own; only kept for response rules.
    private var rewritten: UnsafeMutableRawBufferPointer?
    /// The module gave the answer itself, response rules included.
    private var isAnswered = false
    /// Only for a request that asks for it and is signed.
    private var trace: LiveTraceAnswer?

    /// First letter of the network's name where routes come in shards, else 0.
    private let network: UInt8
    /// Memory that lasts as long as the filter.
    private let room: UnsafeMutableRawBufferPointer
    /// The worker's that has the stream; a stream never moves to another.
    private let memory: UnsafeMutablePointer<WorkerMemory>

    /// A filter in a block of the worker's; to be given back there when it ends.
    static func make(network: UInt8) -> UnsafeMutableRawPointer {
        let memory = WorkerMemory.current
        let block = memory.pointee.spare.take()
        let size = (MemoryLayout<EdgeFilter>.stride &+ 15) & ~15
        let room = UnsafeMutableRawBufferPointer(start: block + size, count: max(0, SpareBlocks.size &- size))
        block.assumingMemoryBound(to: EdgeFilter.self).initialize(
            to: EdgeFilter(network: network, room: room, memory: memory))
        return block
    }

    @inline(__always)
    private init(network: UInt8, room: UnsafeMutableRawBufferPointer, memory: UnsafeMutablePointer<WorkerMemory>) {
        (self.network, self.room, self.memory) = (network, room, memory)
    }

    deinit { rewritten?.deallocate() }

    /// - Returns: whether the request goes on to the router.
    mutating func decide(_ stream: Stream) -> Bool {
        let found = memory.pointee.headers.read(stream, isResponse: false)
        picture.method = found.method
        picture.authority = found.authority
        picture.path = found.path
        picture.headers = found.all
        var (isRouteOurs, isTraced) = (true, false)
        if found.hasEdgeNames {
            // Whatever the client calls by these names is not the edge's word; the route may have been chosen by it.
            keep(isWhole: true)
            isTraced = LiveTraceAnswer.isAsked(picture)
            for header in picture.headers where MessageHeaders.isEdgeName(header.key) { stream.remove(header.key) }
            isRouteOurs = false
        }
        if network != 0 {
            ShardHeader.set(stream, host: picture.authority, network: network)
            isRouteOurs = true
        }
        guard let plan = stream.plan else { return refuse(stream, 404, "no such host\n", "signalbox_no_such_host") }
        self.plan = plan
        let needs = plan.pointee.accepted.needs
        ConnectionFacts.fill(&picture, stream, needs)
        if needs.number { findNumber() }
        EdgeEngine.decide(
            plan.pointee.accepted, picture, &memory.pointee.workspace, limits: NodeLimits.port(needs))
        let configuration = memory.pointee.workspace.decision.configuration
        plan.pointee.countHits(memory.pointee.workspace.decision.matched.elements, configuration)
        ticket = ResponseTicket(memory.pointee.workspace.decision)
        if isTraced {
            trace = LiveTraceAnswer(stream, plan.pointee.accepted, memory.pointee.workspace.decision)
        }
        Metadata.set(stream, plan.pointee.accepted, &memory.pointee)
        switch memory.pointee.workspace.decision.outcome {
        case .forward:
            if memory.pointee.workspace.decision.path != nil { Metadata.setAsked(stream, picture.path) }
            var present = found
            present.all = picture.headers
            if plan.pointee.accepted.hasResponseRules(configuration) {
                keepForResponse(needs, memory.pointee.workspace.decision.path)
            }
            forward(stream, plan, isRouteOurs: isRouteOurs, present: present)
            return true
        case .block, .redirect, .noOrigin:
            answer(stream, plan)
            return false
        }
    }

    private mutating func keep(isWhole: Bool) {
        let copy = HeaderCopy(picture, isWhole: isWhole, room: room)
        picture.method = copy.method
        picture.authority = copy.authority
        picture.path = copy.path
        picture.headers = copy.all
        kept = consume copy
    }

    private mutating func findNumber() {
        picture.requestID = Bytes(start: nil, count: 0)
        for header in picture.headers where header.key.equals("x-request-id") {
            picture.requestID = header.value
            return
        }
    }

    private mutating func keepForResponse(_ needs: RequestNeeds, _ path: Bytes?) {
        if kept == nil { keep(isWhole: needs.headersAtResponse) }
        if needs.number { findNumber() }
        guard let path else { return }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(path.count, 1), alignment: 1)
        copy.copyMemory(from: path)
        rewritten = UnsafeMutableRawBufferPointer(start: copy.baseAddress, count: path.count)
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

    /// The order matters: the origin's header chooses the route, the route must be resolved while the host is still the
    /// client's (a look-up by another host would land in another zone), then the header goes and the host may change.
    /// For a usual request Envoy has found the right route already.
    private mutating func forward(
        _ stream: Stream, _ plan: UnsafeMutablePointer<LoadedPlan>, isRouteOurs: Bool, present: MessageHeaders
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
        let edits = memory.pointee.workspace.decision.requestEdits.elements
        if !edits.isEmpty { HeaderEdits.apply(edits, stream, isResponse: false, present: present) }
        if let path = memory.pointee.workspace.decision.path { stream.set(Bytes(":path"), path) }
        if let host = memory.pointee.workspace.decision.hostHeader { stream.set(Bytes(":authority"), host) }
    }

    /// The edge's own answer. Envoy does not show it to this filter again, so response rules run here.
    private mutating func answer(_ stream: Stream, _ plan: UnsafeMutablePointer<LoadedPlan>) {
        isAnswered = true
        let outcome = memory.pointee.workspace.decision.outcome
        let status = outcome == .noOrigin ? 503 : memory.pointee.workspace.decision.status
        memory.pointee.answer.begin(memory.pointee.workspace.decision)
        let response = ResponsePicture(status: status, headers: memory.pointee.answer.headers)
        let before = memory.pointee.workspace.decision.matched.count
        EdgeEngine.respond(
            plan.pointee.accepted, picture, response, &memory.pointee.workspace,
            limits: NodeLimits.port(plan.pointee.accepted.needs))
        countResponseHits(plan, from: before)
        for edit in memory.pointee.workspace.decision.responseEdits.elements { memory.pointee.answer.apply(edit) }
        if let trace {
            let matched = memory.pointee.workspace.decision.matched.elements
            trace.add(UnsafeBufferPointer(rebasing: matched[min(before, matched.count)...]), plan.pointee.accepted)
            trace.add(to: &memory.pointee.answer)
        }
        let body = outcome == .noOrigin ? Bytes("no origin\n") : memory.pointee.workspace.decision.body
        let details: StaticString =
            switch outcome {
            case .block: "signalbox_block"
            case .redirect: "signalbox_redirect"
            default: "signalbox_no_origin"
            }
        stream.answer(status, memory.pointee.answer.pairs(), body, details)
    }

    private func countResponseHits(_ plan: UnsafeMutablePointer<LoadedPlan>, from: Int) {
        let matched = memory.pointee.workspace.decision.matched.elements
        guard from < matched.count else { return }
        let new = UnsafeBufferPointer(rebasing: matched[from...])
        plan.pointee.countHits(new, memory.pointee.workspace.decision.configuration)
    }

    /// A response of the origin, or of Envoy itself when the origin gave none.
    func respond(_ stream: Stream) {
        guard !isAnswered, let plan, let ticket else { return }
        guard plan.pointee.accepted.hasResponseRules(ticket.configuration) else {
            respondBySettings(stream, plan, ticket)
            trace?.send(stream)
            return
        }
        let response = memory.pointee.headers.read(stream, isResponse: true)
        EdgeEngine.resume(
            plan.pointee.accepted, ticket, picture, rewritten: rewritten.map { Bytes($0) }, &memory.pointee.workspace)
        EdgeEngine.respond(
            plan.pointee.accepted, picture, ResponsePicture(status: response.status, headers: response.all),
            &memory.pointee.workspace, limits: NodeLimits.port(plan.pointee.accepted.needs))
        countResponseHits(plan, from: 0)
        trace?.add(memory.pointee.workspace.decision.matched.elements, plan.pointee.accepted)
        let edits = memory.pointee.workspace.decision.responseEdits.elements
        if !edits.isEmpty { HeaderEdits.apply(edits, stream, isResponse: true, present: response) }
        trace?.send(stream)
    }

    private func respondBySettings(
        _ stream: Stream, _ plan: UnsafeMutablePointer<LoadedPlan>, _ ticket: ResponseTicket
    ) {
        guard plan.pointee.accepted.changesResponse(ticket) else { return }
        let response = memory.pointee.headers.read(stream, isResponse: true)
        EdgeEngine.respondBySettings(
            plan.pointee.accepted, ticket, ResponsePicture(status: response.status, headers: response.all),
            &memory.pointee.workspace)
        let edits = memory.pointee.workspace.decision.responseEdits.elements
        if !edits.isEmpty { HeaderEdits.apply(edits, stream, isResponse: true, present: response) }
    }

    func complete(_ stream: Stream) {
        guard let plan, let ticket else { return }
        let now = Clock.monotonicMicroseconds
        let elapsed = now >= start ? now &- start : 0
        plan.pointee.counters(ticket.configuration).pointee.count(status: stream.responseCode, microseconds: elapsed)
    }
}
