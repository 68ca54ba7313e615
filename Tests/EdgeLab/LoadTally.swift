import TestKit

/// What came of the requests of a load run: every request is in `responses` or in `failures`, none in both.
struct LoadTally: Sendable {
    /// Why a request has no answer. An agreed `Connection: close` is none of these.
    enum Failure: String, Sendable, CaseIterable {
        case connect, reset, aborted, timeout, malformed, other

        init(_ failure: SocketFailure) {
            switch failure {
            case .connect: self = .connect
            case .reset: self = .reset
            case .aborted: self = .aborted
            case .timedOut: self = .timeout
            case .malformed: self = .malformed
            case .other: self = .other
            }
        }
    }

    /// One failed request, for finding out why.
    struct Note: Sendable, Encodable {
        let second: Double
        let target: HostPort
        let path: String
        let kind: String
        let reason: String
        /// An answer had come over this connection before.
        let reusedConnection: Bool
    }

    private(set) var requests = 0
    private(set) var responses = 0
    private(set) var statuses: [Int: Int] = [:]
    private(set) var values: [String: Int] = [:]
    private(set) var failures: [Failure: Int] = [:]
    private(set) var notes: [Note] = []
    private(set) var latency = LatencyHistogram()
    /// Answers with another status than the request's line names.
    private(set) var unexpectedStatuses = 0
    /// Answers whose counted header was not what was expected.
    private(set) var unexpectedValues = 0
    /// Connections opened.
    var opened = 0
    /// Connections that ended with an answer by agreement.
    var agreedCloses = 0
    /// Connections that the server closed while no request was under way.
    var idleCloses = 0

    static let longestNotes = 20

    var failed: Int { failures.values.reduce(0, +) }

    mutating func count(_ answer: RawHTTPResponse, header: String?, nanoseconds: UInt64) {
        requests += 1
        responses += 1
        statuses[answer.status, default: 0] += 1
        if let header { values[answer.first(header) ?? "(none)", default: 0] += 1 }
        latency.record(nanoseconds: nanoseconds)
    }

    mutating func count(_ failure: Failure, note: Note) {
        requests += 1
        failures[failure, default: 0] += 1
        if notes.count < Self.longestNotes { notes.append(note) }
    }

    mutating func countUnexpectedStatus(note: Note) {
        unexpectedStatuses += 1
        if notes.count < Self.longestNotes { notes.append(note) }
    }

    mutating func countUnexpectedValue(note: Note) {
        unexpectedValues += 1
        if notes.count < Self.longestNotes { notes.append(note) }
    }

    mutating func merge(_ other: LoadTally) {
        requests += other.requests
        responses += other.responses
        statuses.merge(other.statuses, uniquingKeysWith: +)
        values.merge(other.values, uniquingKeysWith: +)
        failures.merge(other.failures, uniquingKeysWith: +)
        notes = Array((notes + other.notes).prefix(Self.longestNotes))
        latency.merge(other.latency)
        unexpectedStatuses += other.unexpectedStatuses
        unexpectedValues += other.unexpectedValues
        opened += other.opened
        agreedCloses += other.agreedCloses
        idleCloses += other.idleCloses
    }
}
