internal import CEnvoyModule
internal import EdgeEngine
internal import EdgePlan
internal import RulesLanguage

/// What a live trace is answered with, gathered while its request is decided. Made for requests that are signed and no
/// others, so it may cost what a request must not.
final class LiveTraceAnswer {
    typealias Bytes = UnsafeRawBufferPointer

    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: LiveTraceHeader.most, alignment: 1)
    private var used = 0
    private var values: [(header: LiveTraceHeader, range: Range<Int>)] = []
    private var omitted = 0

    /// Whether the request asks for a trace and was signed for this node, for itself and for now.
    static func isAsked(_ request: RequestPicture) -> Bool {
        guard let key = LiveTraceKey.known else { return false }
        for header in request.headers where header.key.equals(LiveTrace.requestName) {
            return LiveTrace.isSigned(
                header.value, method: request.method, host: request.authority, path: request.path,
                now: Clock.wall.seconds, key: key)
        }
        return false
    }

    init(_ stream: Stream, _ plan: borrowing AcceptedPlan, _ decision: borrowing Decision) {
        let view = plan.view
        var configurations = Self.pair(view, 0)
        if decision.configuration != 0 {
            configurations += [UInt8(ascii: " ")] + Self.pair(view, decision.configuration)
        }
        put(.configurations, configurations)
        put(.version, Array(plan.label(decision.configuration)))
        if let index = decision.selector {
            let selector = view.selector(index)
            put(.environment, selector.environment.map { Array($0) })
            put(.routingRule, selector.routingRule.map { Array($0) })
        }
        putRules(.matched, decision.matched.elements, view)
        if let rule = decision.terminatingRule { put(.endedBy, Array(view.rule(rule).ref)) }
        put(.outcome, Array("\(decision.outcome)".utf8))
        if case .forward = decision.outcome { put(.origin, decision.origin.map { Array($0) }) }
        put(.client, stream.attribute(SIGNALBOX_ATTRIBUTE_SOURCE_ADDRESS).map { Array($0) })
    }

    deinit { memory.deallocate() }

    /// Rules of the response that matched.
    func add(_ rules: UnsafeBufferPointer<Int>, _ plan: borrowing AcceptedPlan) {
        putRules(.matchedResponse, rules, plan.view)
    }

    /// Sets the headers of a response that comes from elsewhere.
    func send(_ stream: Stream) {
        finish()
        for (header, range) in values { stream.set(Bytes(header.name), bytes(range), isResponse: true) }
    }

    /// Adds the headers to an answer of the edge's own; the answer is to be sent while this lives.
    func add(to answer: inout OwnAnswer) {
        finish()
        for (header, range) in values { answer.append(FieldTable.Pair(key: Bytes(header.name), value: bytes(range))) }
    }

    private func finish() {
        if omitted > 0 { put(.omitted, Array("\(omitted)".utf8)) }
    }

    private func bytes(_ range: Range<Int>) -> Bytes { Bytes(rebasing: Bytes(memory)[range]) }

    private func putRules(_ header: LiveTraceHeader, _ rules: UnsafeBufferPointer<Int>, _ view: ZonePlanView) {
        guard !rules.isEmpty else { return }
        // What comes after the rules is short and has room kept for it.
        let room = memory.count &- used &- 1_024
        var text: [UInt8] = []
        for rule in rules {
            let ref = view.rule(rule).ref
            guard text.count &+ ref.count &+ 1 <= room else {
                omitted &+= 1
                continue
            }
            if !text.isEmpty { text.append(UInt8(ascii: ",")) }
            text += Array(ref)
        }
        put(header, text)
    }

    /// Nothing empty, and nothing beyond the memory, is sent.
    private func put(_ header: LiveTraceHeader, _ text: [UInt8]?) {
        guard let text, !text.isEmpty, text.count <= memory.count &- used else { return }
        UnsafeMutableRawBufferPointer(rebasing: memory[used..<used &+ text.count]).copyBytes(from: text)
        values.append((header, used..<used &+ text.count))
        used &+= text.count
    }

    private static func pair(_ view: ZonePlanView, _ configuration: Int) -> [UInt8] {
        Array("\(view.account):\(view.configuration(configuration).id)".utf8)
    }
}
