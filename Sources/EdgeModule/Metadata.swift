internal import CEnvoyModule
internal import EdgeEngine
internal import EdgePlan

/// What the access log is told about a decision, as dynamic metadata in the namespace `signalbox`: the refs of the rules
/// that ended or marked the request or changed its path, joined with commas; and, where the zone has a choice, application, version
/// (`shop@2`), configuration (`777:456`) and environment; of a request whose path a rule changed, the path that was asked
/// for. The virtual host says what is the same for every request:
/// each pair costs as much as two hundred rules.
enum Metadata {
    /// To be called as long as the request has its own path.
    static func setAsked(_ stream: Stream, _ path: UnsafeRawBufferPointer) {
        var pair = signalbox_pair(.init("asked"), path)
        withUnsafePointer(to: &pair) { stream.setMetadata(UnsafeBufferPointer(start: $0, count: 1)) }
    }

    static func set(_ stream: Stream, _ plan: borrowing AcceptedPlan, _ memory: inout WorkerMemory) {
        memory.text.removeAll()
        addRules(plan.view, &memory)
        let rules = memory.text.bytes(from: 0)
        if plan.usual.isOnly {
            guard !rules.isEmpty else { return }
            var pair = signalbox_pair(.init("rules"), rules)
            withUnsafePointer(to: &pair) { stream.setMetadata(UnsafeBufferPointer(start: $0, count: 1)) }
        } else {
            setAll(stream, plan, rules, &memory)
        }
    }

    private static func addRules(_ view: ZonePlanView, _ memory: inout WorkerMemory) {
        for rule in memory.workspace.decision.matched.elements {
            let row = view.rule(rule)
            switch row.kind {
            case .block, .redirect, .log, .skip, .limit, .rewrite: break
            case .configure where rule == memory.workspace.decision.terminatingRule: break
            default: continue
            }
            if !memory.text.isEmpty { memory.text.append(.init(",")) }
            memory.text.append(row.ref)
        }
    }

    private static func setAll(
        _ stream: Stream, _ plan: borrowing AcceptedPlan, _ rules: UnsafeRawBufferPointer, _ memory: inout WorkerMemory
    ) {
        let view = plan.view
        let configuration = memory.workspace.decision.configuration
        let row = view.configuration(configuration)
        let numberStart = memory.text.mark
        Decimal.append(view.account, to: &memory.text)
        memory.text.append(.init(":"))
        Decimal.append(row.id, to: &memory.text)
        let pair = memory.text.bytes(from: numberStart)
        withUnsafeTemporaryAllocation(of: signalbox_pair.self, capacity: 5) { pairs in
            pairs.initializeElement(at: 0, to: signalbox_pair(.init("version"), plan.label(configuration)))
            pairs.initializeElement(at: 1, to: signalbox_pair(.init("configuration"), pair))
            var count = 2
            if let application = row.application {
                pairs.initializeElement(at: count, to: signalbox_pair(.init("application"), application))
                count &+= 1
            }
            if let index = memory.workspace.decision.selector, let name = view.selector(index).environment {
                pairs.initializeElement(at: count, to: signalbox_pair(.init("environment"), name))
                count &+= 1
            }
            if !rules.isEmpty {
                pairs.initializeElement(at: count, to: signalbox_pair(.init("rules"), rules))
                count &+= 1
            }
            stream.setMetadata(UnsafeBufferPointer(start: pairs.baseAddress, count: count))
        }
    }
}

enum Decimal {
    static func append(_ number: Int64, to text: inout TextBuffer) {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var rest = number.magnitude
            var place = 20
            repeat {
                place &-= 1
                digits[place] = UInt8(truncatingIfNeeded: 48 &+ rest % 10)
                rest /= 10
            } while rest > 0 && place > 1
            if number < 0 {
                place &-= 1
                digits[place] = UInt8(ascii: "-")
            }
            text.append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(digits)[place...]))
        }
    }
}
