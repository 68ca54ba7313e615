package import EdgePlan

/// A rate limit as a rule of `http_ratelimit` says it: the rule's `ratelimit` in the shape of Cloudflare's Rulesets, and
/// the answer of its action.
package struct RateLimit: Hashable, Sendable {
    package enum Characteristic: Hashable, Sendable {
        case counted(CharacteristicPlan)
        /// `cf.colo.id`: counts are a node's own here in any case.
        case dataCentre
    }

    package var characteristics: [Characteristic]
    /// Seconds.
    package var period: Int
    package var requests: Int
    /// Seconds; 0: only what is too many is refused.
    package var mitigation: Int
    /// nil: requests that the rule's expression matches.
    package var counting: String?
    /// Whether only requests that go to the origin count. At this edge all that come so far do.
    package var requestsToOrigin: Bool
    /// nil: requests over the limit are only logged.
    package var answer: LimitAnswerPlan?

    /// The `ratelimit` that says the same, with defaults left out.
    package var document: DocumentValue {
        .object([
            "characteristics": .array(characteristics.map(\.text).sorted().map { .string($0) }),
            "period": .int(period),
            "requests_per_period": .int(requests),
            "mitigation_timeout": mitigation == 0 ? nil : .int(mitigation),
            "counting_expression": counting.map { .string(ExpressionCheck.canonical($0)) },
            "requests_to_origin": requestsToOrigin ? .bool(true) : nil,
        ])
    }

    /// The action's parameters that say the same.
    package var parameters: DocumentValue? {
        answer.map {
            .object([
                "response": .object([
                    "status_code": .int($0.status), "content_type": .string($0.contentType),
                    "content": .string($0.body),
                ])
            ])
        }
    }
}

extension RateLimit.Characteristic {
    /// As it stands in a rule: `http.request.headers["x-key"]`.
    package var text: String {
        switch self {
        case .dataCentre: "cf.colo.id"
        case .counted(.client): "ip.src"
        case .counted(.host): "http.host"
        case .counted(.path): "http.request.uri.path"
        case .counted(.header(let name)): "http.request.headers[\"\(name)\"]"
        case .counted(.cookie(let name)): "http.request.cookies[\"\(name)\"]"
        }
    }

    /// nil: not one that this edge counts by.
    package init?(_ text: String) {
        switch text {
        case "cf.colo.id": self = .dataCentre
        case "ip.src": self = .counted(.client)
        case "http.host": self = .counted(.host)
        case "http.request.uri.path": self = .counted(.path)
        default:
            if let name = Self.name(in: text, of: "http.request.headers"), HeaderName.isToken(name) {
                self = .counted(.header(name.lowercased()))
            } else if let name = Self.name(in: text, of: "http.request.cookies") {
                self = .counted(.cookie(name))
            } else {
                return nil
            }
        }
    }

    private static func name(in text: String, of field: String) -> String? {
        guard text.hasPrefix(field + "[\""), text.hasSuffix("\"]"), text.utf8.count > field.utf8.count + 4 else {
            return nil
        }
        let name = String(text.dropFirst(field.count + 2).dropLast(2))
        return name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C } ? name : nil
    }
}
