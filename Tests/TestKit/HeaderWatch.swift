import Glibc

/// Polls several servers back to back until each answers with a given header value: when did a change arrive?
package enum HeaderWatch {
    /// What to ask and what to wait for.
    package struct Question: Sendable {
        package var targets: [HostPort]
        package var host: String
        package var path: String
        package var headers: [(String, String)]
        package var header: String
        package var value: String
        package var limit: Duration
        /// From an answer to the next question; a sighting may be late by as much.
        package var pause: Duration = .zero
        /// Asks one target until it answers so, then the next: when the last one did is seen as well as by asking all at
        /// once, and a single row of questions takes less of what is measured. When one of the others did is not seen.
        package var isInTurn = false

        package init(
            targets: [HostPort], host: String, path: String = "/", headers: [(String, String)] = [], header: String,
            value: String, within limit: Duration = .seconds(10)
        ) {
            (self.targets, self.host, self.path, self.headers) = (targets, host, path, headers)
            (self.header, self.value, self.limit) = (header, value, limit)
        }
    }

    /// What one server said. Times are ``Monotonic`` nanoseconds.
    package struct Sighting: Sendable, Equatable, Encodable {
        package let target: HostPort
        /// When the first answer with the value was complete; nil when none came in time.
        package let seenAt: UInt64?
        /// When the request of that answer was sent.
        package let askedAt: UInt64?
        package let polls: Int
        package let failures: Int
        /// The last value seen, whether or not it is the one waited for.
        package let lastValue: String?
    }

    /// Asks all targets in parallel, each over one keep-alive connection and a thread of its own, unless the question
    /// says otherwise. Never throws: a target that did not answer so in time has no `seenAt`.
    package static func sightings(_ question: Question) async -> [Sighting] {
        let deadline = Monotonic.nanoseconds() &+ question.limit.nanosecondsClamped
        if question.isInTurn {
            let found = try? await Blocking.run { question.targets.map { watch($0, question, until: deadline) } }
            return found ?? question.targets.map(Sighting.nothing)
        }
        return await withTaskGroup(of: (Int, Sighting).self) { group in
            for (index, target) in question.targets.enumerated() {
                group.addTask {
                    let sighting = try? await Blocking.run { watch(target, question, until: deadline) }
                    return (index, sighting ?? Sighting.nothing(target))
                }
            }
            var found: [(Int, Sighting)] = []
            for await sighting in group { found.append(sighting) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// The pace of the questions, in whole milliseconds: nothing is waited for here.
    private static func rest(_ pause: Duration) {
        guard pause > .zero else { return }
        poll(nil, 0, Int32(max(1, min(1_000, pause / .milliseconds(1)))))
    }

    private static func watch(_ target: HostPort, _ question: Question, until deadline: UInt64) -> Sighting {
        let request = RawHTTP.format("GET", question.path, host: question.host, headers: question.headers)
        var connection: RawHTTPConnection?
        var polls = 0
        var failures = 0
        var last: String?
        while true {
            let asked = Monotonic.nanoseconds()
            guard asked < deadline else {
                return Sighting(
                    target: target, seenAt: nil, askedAt: nil, polls: polls, failures: failures, lastValue: last)
            }
            let left = Duration.nanoseconds(Int64(clamping: deadline - asked))
            do {
                let open = try connection ?? RawHTTPConnection(to: target, within: left)
                polls += 1
                let answer = try open.exchange(request, within: left)
                let now = Monotonic.nanoseconds()
                last = answer.first(question.header)
                if last == question.value {
                    return Sighting(
                        target: target, seenAt: now, askedAt: asked, polls: polls, failures: failures, lastValue: last)
                }
                connection = answer.closesConnection ? nil : open
                rest(question.pause)
            } catch {
                failures += 1
                connection = nil
            }
        }
    }
}

extension HeaderWatch.Sighting {
    static func nothing(_ target: HostPort) -> Self {
        Self(target: target, seenAt: nil, askedAt: nil, polls: 0, failures: 0, lastValue: nil)
    }
}
