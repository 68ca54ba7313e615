/// How many requests a rule lets through in a time, and of what they must have in common to be counted together.
package struct LimitPlan: Hashable, Sendable {
    /// Seconds over which requests are counted.
    package var period: Int
    /// So many pass within a period.
    package var requests: Int
    /// Seconds for which everything is refused once there were too many; 0: only what is too many is refused.
    package var mitigation: Int
    package var characteristics: [CharacteristicPlan]
    /// Which requests count; nil: those that the rule's condition matches.
    package var counting: CountingPlan?
    /// What a request over the limit is answered with; nil: it goes on and is only marked.
    package var answer: LimitAnswerPlan?

    package init(
        period: Int, requests: Int, mitigation: Int = 0, characteristics: [CharacteristicPlan],
        counting: CountingPlan? = nil, answer: LimitAnswerPlan?
    ) {
        self.period = period
        self.requests = requests
        self.mitigation = mitigation
        self.characteristics = characteristics
        self.counting = counting
        self.answer = answer
    }

    package static let periods = 1...86_400
    /// A count has twenty bits.
    package static let requestCounts = 1...1_000_000
    package static let mitigations = 0...86_400
    package static let statuses = 400...499
    package static let mostCharacteristics = 8
}

/// A property of requests; those that are equal in all of a rule's are counted together.
package enum CharacteristicPlan: Hashable, Sendable {
    /// `ip.src`; of an IPv6 address the network of 64 bits, because whoever has one address there has them all.
    case client
    /// `http.host`
    case host
    /// `http.request.uri.path`, after rewrites.
    case path
    /// All values of a header, in order; requests without it are counted together.
    case header(String)
    /// All values of a cookie, in order; requests without it are counted together.
    case cookie(String)
}

package struct CountingPlan: Hashable, Sendable {
    /// Encoded program of the condition (`RulesLanguage.Program`).
    package var condition: [UInt8]
    /// Whether it is asked when the response is there.
    package var atResponse: Bool

    package init(condition: [UInt8], atResponse: Bool) {
        self.condition = condition
        self.atResponse = atResponse
    }
}

package struct LimitAnswerPlan: Hashable, Sendable {
    package var status: Int
    package var contentType: String
    package var body: String

    package init(status: Int, contentType: String, body: String) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }
}
