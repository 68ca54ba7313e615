internal import CEnvoyModule
internal import EdgeEngine
internal import EdgePlan

/// What the access log is told about a decision, as dynamic metadata in the namespace `signalbox`: zone, application,
/// version (`shop@2`), configuration (`777:456`), environment, and the refs of the rules that ended or marked the
/// request, joined with commas.
enum Metadata {
    static func set(_ stream: Stream, _ plan: borrowing AcceptedPlan, _ memory: inout WorkerMemory) {
        let view = plan.view
        let configuration = memory.workspace.decision.configuration
        let row = view.configuration(configuration)
        memory.text.removeAll()
        for rule in memory.workspace.decision.matched.elements {
            let row = view.rule(rule)
            guard row.kind == .block || row.kind == .redirect || row.kind == .log || row.kind == .skip else { continue }
            if !memory.text.isEmpty { memory.text.append(.init(",")) }
            memory.text.append(row.ref)
        }
        let rules = memory.text.bytes(from: 0)
        let numberStart = memory.text.mark
        Decimal.append(view.account, to: &memory.text)
        memory.text.append(.init(":"))
        Decimal.append(row.id, to: &memory.text)
        let pair = memory.text.bytes(from: numberStart)
        withUnsafeTemporaryAllocation(of: signalbox_pair.self, capacity: 6) { pairs in
            pairs.initializeElement(at: 0, to: signalbox_pair(.init("zone"), view.name))
            pairs.initializeElement(at: 1, to: signalbox_pair(.init("version"), plan.label(configuration)))
            pairs.initializeElement(at: 2, to: signalbox_pair(.init("configuration"), pair))
            var count = 3
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
