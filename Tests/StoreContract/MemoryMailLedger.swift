package import EdgeModel
package import MailRouting
import Synchronization

/// A ledger that keeps the events and counts them anew for every question.
package final class MemoryMailLedger: MailLedger {
    private struct State {
        var events: [MailEvent] = []
        var keys: Set<String> = []
        var positions: [String: String] = [:]
        /// Activity from before is forgotten; the counters are not.
        var horizon: Timestamp?
        /// Queue ids by instance.
        var queueIDs: [String: String] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    @discardableResult
    package func record(_ events: [MailEvent]) throws -> Int { state.withLock { Self.record(events, in: &$0) } }

    @discardableResult
    package func record(_ events: [MailEvent], reader: String, position: String) throws -> Int {
        state.withLock { state in
            state.positions[reader] = position
            return Self.record(events, in: &state)
        }
    }

    private static func record(_ events: [MailEvent], in state: inout State) -> Int {
        var new = 0
        for event in events {
            if case .queued = event.kind {
                guard let instance = event.message.instance, let queueID = event.message.queueID,
                    state.queueIDs.updateValue(queueID, forKey: instance) == nil,
                    state.events.contains(where: { $0.message.instance == instance && $0.message.queueID == nil })
                else { continue }
                new += 1
            } else if state.keys.insert(event.key).inserted {
                state.events.append(event)
                new += 1
            }
        }
        return new
    }

    package func position(of reader: String) throws -> String? { state.withLock { $0.positions[reader] } }

    @discardableResult
    package func prune(before: Timestamp) throws -> Int {
        state.withLock { state in
            let horizon = state.horizon ?? Timestamp(milliseconds: .min)
            state.horizon = max(before, horizon)
            return state.events.count { $0.at >= horizon && $0.at < before }
        }
    }

    package func activity(_ filter: MailActivityFilter) throws -> [MailActivity] {
        let all = state.withLock { Self.activity(in: $0) }
        let horizon = state.withLock { $0.horizon }
        let wanted = all.filter { one in
            guard let decided = one.decided, horizon.map({ one.at >= $0 }) ?? true else { return false }
            func has(_ part: String, _ text: String) -> Bool { text.lowercased().contains(part.lowercased()) }
            return filter.domain.map { $0 == decided.domain } ?? true && filter.since.map { one.at >= $0 } ?? true
                && filter.until.map { one.at < $0 } ?? true
                && filter.sender.map { $0.lowercased() == decided.sender.lowercased() } ?? true
                && filter.recipient.map { $0.lowercased() == one.recipient.description.lowercased() } ?? true
                && filter.rule.map { $0 == decided.rule } ?? true
                && filter.outcome.map { $0 == decided.outcome } ?? true
                && filter.delivery.map { wanted in one.deliveries.contains { $0.status == wanted } } ?? true
                && filter.text.map { text in
                    [decided.sender, one.recipient.description, decided.content?.subject ?? ""]
                        .contains { has(text, $0) }
                } ?? true
        }
        return Array(wanted.prefix(max(0, filter.limit)))
    }

    /// Newest first.
    private static func activity(in state: State) -> [MailActivity] {
        let passages = state.events.enumerated().filter { if case .decided = $0.element.kind { true } else { false } }
        return passages.sorted { ($0.element.at, $0.offset) > ($1.element.at, $1.offset) }.map { _, event in
            var message = event.message
            message.queueID = message.queueID ?? message.instance.flatMap { state.queueIDs[$0] }
            var activity = MailActivity(at: event.at, message: message, recipient: event.recipient, decided: nil)
            if case .decided(let decided) = event.kind { activity.decided = decided }
            for other in state.events.sorted(by: { ($0.at, $0.key) < ($1.at, $1.key) })
            where other.recipient == event.recipient {
                switch other.kind {
                case .delivery(let delivery) where other.message.queueID == message.queueID && message.queueID != nil:
                    let place = activity.deliveries.firstIndex { $0.destination == delivery.destination }
                    if let place { activity.deliveries[place] = delivery } else { activity.deliveries.append(delivery) }
                case .worker(let result)
                where activity.decided?.outcome == .worker
                    && (other.message.instance == message.instance && message.instance != nil
                        || other.message.queueID == message.queueID && message.queueID != nil):
                    activity.workers.append(result)
                default: break
                }
            }
            return activity
        }
    }

    package func counters(domain: String?) throws -> [MailRuleCounters] {
        let all = Self.spans(state.withLock { $0 })
        return MailCounterSpan.totals(all.filter { domain == nil || $0.counters.domain == domain })
    }

    package func counters(domain: String?, from: Timestamp, until: Timestamp) throws -> [MailCounterSpan] {
        let state = state.withLock { $0 }
        return Self.spans(state).filter { span in
            (domain == nil || span.counters.domain == domain) && span.start >= from && span.start < until
                && state.horizon.map { span.start >= $0 } ?? true
        }
    }

    package func workerFigures(since: Timestamp) throws -> [MailWorkerFigures] {
        let state = state.withLock { $0 }
        var runs: [ResourceName: [(at: Timestamp, milliseconds: Int, failure: String?)]] = [:]
        for event in state.events where event.at >= since && state.horizon.map({ event.at >= $0 }) ?? true {
            guard case .worker(let result) = event.kind else { continue }
            runs[result.worker, default: []].append((event.at, result.milliseconds, result.failure))
        }
        return runs.compactMap { MailWorkerFigures($0, $1) }.sorted { $0.worker < $1.worker }
    }

    private static func spans(_ state: State) -> [MailCounterSpan] {
        var counters: [[String]: MailCounterSpan] = [:]
        func count(_ rule: String, _ domain: String, _ at: Timestamp, _ body: (inout MailRuleCounters) -> Void) {
            let start = MailCounterSpan.start(of: at)
            var one =
                counters[["\(start.milliseconds)", domain, rule]]
                ?? MailCounterSpan(start: start, counters: MailRuleCounters(domain: domain, rule: rule))
            body(&one.counters)
            one.counters.lastAt = max(one.counters.lastAt ?? at, at)
            counters[["\(start.milliseconds)", domain, rule]] = one
        }
        for event in state.events {
            switch event.kind {
            case .decided(let decided):
                for rule in [decided.rule ?? "-"] + decided.passed {
                    count(rule, decided.domain, event.at) { $0.matched += 1 }
                }
                count(decided.rule ?? "-", decided.domain, event.at) { one in
                    switch decided.outcome {
                    case .forward: one.forwarded += 1
                    case .drop: one.dropped += 1
                    case .reject, .unknown, .foreign: one.rejected += 1
                    case .defer: one.deferredHere += 1
                    case .worker: one.toWorker += 1
                    case .content: break
                    }
                }
            case .worker(let result):
                count(result.rule, event.recipient.domain, event.at) { one in
                    if result.failure != nil { one.workerFailures += 1 }
                    switch result.verdict {
                    case "forward": one.forwarded += 1
                    case "drop": one.dropped += 1
                    case "reject": one.rejected += 1
                    default: break
                    }
                }
            case .delivery(let delivery):
                let passage = Self.activity(in: state).last {
                    $0.message.queueID == event.message.queueID && $0.recipient == event.recipient
                }
                guard let decided = passage?.decided else { continue }
                count(decided.rule ?? "-", decided.domain, event.at) { one in
                    switch delivery.status {
                    case .delivered: one.delivered += 1
                    case .deferred: one.deferred += 1
                    case .bounced, .expired: one.bounced += 1
                    case .dropped: break
                    }
                }
            case .queued: break
            }
        }
        return counters.values.sorted {
            ($0.start, $0.counters.domain, $0.counters.rule) < ($1.start, $1.counters.domain, $1.counters.rule)
        }
    }

    package func destinationFigures() throws -> [MailDestinationFigures] {
        var found: [MailAddress: MailDestinationFigures] = [:]
        for event in state.withLock({ $0.events }) {
            guard case .delivery(let delivery) = event.kind, delivery.status != .dropped,
                MailReservedAddress(delivery.destination) == nil
            else { continue }
            let address = delivery.destination.folded
            var one =
                found[address]
                ?? MailDestinationFigures(
                    destination: address, delivered: 0, deferred: 0, bounced: 0, lastDeliveredAt: nil,
                    lastFailedAt: nil, lastFailure: nil)
            switch delivery.status {
            case .delivered: one.delivered += 1
            case .deferred: one.deferred += 1
            default: one.bounced += 1
            }
            if delivery.status == .delivered {
                one.lastDeliveredAt = max(one.lastDeliveredAt ?? event.at, event.at)
            } else {
                one.lastFailedAt = max(one.lastFailedAt ?? event.at, event.at)
                one.lastFailure = delivery.answer
            }
            found[address] = one
        }
        return found.values.sorted { $0.destination.description < $1.destination.description }
    }
}
