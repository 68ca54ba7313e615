/// Why a request was answered as it was: every step of the way, as values to print or to encode.
package struct Explanation: Hashable, Sendable, Codable {
    /// The request as conditions saw it.
    package struct Request: Hashable, Sendable, Codable {
        package var method = ""
        package var host = ""
        package var path = ""
        package var query = ""
        package var clientAddress: String?
        package var destinationAddress: String?
    }

    /// Truth of one boolean part of an expression: bytes `start..<end` of the author's text.
    package struct Part: Hashable, Sendable, Codable {
        package enum Truth: String, Hashable, Sendable, Codable { case yes, no, missing }
        package var start: Int
        package var end: Int
        package var truth: Truth
    }

    /// One effective rule, in order.
    package struct Selector: Hashable, Sendable, Codable {
        package var environment: String
        package var routingRule: String
        /// `777:456`.
        package var configuration: String
        /// nil: not evaluated, one before it held.
        package var holds: Bool?
        package var parts: [Part]
    }

    package struct Rule: Hashable, Sendable, Codable {
        package enum State: String, Hashable, Sendable, Codable {
            case matched
            case notMatched
            /// A skip or the end of the request came before.
            case notEvaluated
        }
        package var ref: String
        package var action: String
        package var state: State
        package var parts: [Part]
        /// What it did, in words: `path set to /new`, `ends the request with 403`.
        package var effects: [String]
    }

    package struct PhaseStep: Hashable, Sendable, Codable {
        package var phase: String
        /// Ref of the rule whose skip passed over the phase.
        package var skippedBy: String?
        package var rules: [Rule]
    }

    /// A setting that several rules may set; the last one counts.
    package struct Setting: Hashable, Sendable, Codable {
        package struct Earlier: Hashable, Sendable, Codable {
            package var value: String
            package var setBy: String
        }
        package var name: String
        package var value: String
        /// Ref of the rule, or `settings`.
        package var setBy: String
        /// What it was before, oldest first.
        package var overridden: [Earlier]
    }

    package struct Edit: Hashable, Sendable, Codable {
        /// `set`, `add`, `remove`.
        package var operation: String
        package var name: String
        package var value: String?
        /// Ref of the rule, or `settings`.
        package var setBy: String
    }

    package struct Outcome: Hashable, Sendable, Codable {
        package enum Kind: String, Hashable, Sendable, Codable {
            case forward, redirect, block, noOrigin
            /// Envoy refuses the request before any rule.
            case refused
        }
        package var kind: Kind
        /// Of an answer that the edge gives itself.
        package var status: Int?
        package var location: String?
        package var contentType: String?
        package var body: String?
        package var origin: String?
        package var hostHeader: String?
        /// `:path` as the origin gets it.
        package var path: String?
        /// Ref of the rule that ended the request.
        package var rule: String?
        /// Why Envoy refuses.
        package var reason: String?

        package init(
            kind: Kind, status: Int? = nil, location: String? = nil, contentType: String? = nil, body: String? = nil,
            origin: String? = nil, hostHeader: String? = nil, path: String? = nil, rule: String? = nil,
            reason: String? = nil
        ) {
            self.kind = kind
            self.status = status
            self.location = location
            self.contentType = contentType
            self.body = body
            self.origin = origin
            self.hostHeader = hostHeader
            self.path = path
            self.rule = rule
            self.reason = reason
        }
    }

    package var zone = ""
    package var request = Request()
    /// `777:123`, then the configuration that a selector chose: `777:456`.
    package var configurations: [String] = []
    package var environment: String?
    package var routingRule: String?
    package var application: String?
    package var version: Int?
    /// `shop@2`, or `777:123` for the zone's own configuration.
    package var label = ""
    package var selectors: [Selector] = []
    package var phases: [PhaseStep] = []
    package var settings: [Setting] = []
    package var requestEdits: [Edit] = []
    package var responseEdits: [Edit] = []
    /// Values that rules computed and that could not be used.
    package var refusedValues = 0
    package var outcome = Outcome(kind: .forward)

    package init() {}
}
