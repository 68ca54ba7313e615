internal import EdgePlan
internal import RulesLanguage

/// A rule of `http_ratelimit` → `RateLimit`.
enum RateLimitReader {
    private static let keys = [
        "characteristics", "period", "requests_per_period", "mitigation_timeout", "counting_expression",
        "requests_to_origin",
    ]
    /// Cloudflare's, for limits on a sum of scores that the origin gives.
    private static let scoreKeys = ["score_per_period", "score_response_header_name"]

    /// - Parameters:
    ///   - reader: over the action's parameters; takes the findings.
    ///   - path: place of the rule.
    static func read(_ rule: Rule, _ reader: inout DocumentReader, at path: String) -> RateLimit? {
        let answer = rule.action == "log" ? nil : answer(&reader)
        reader.finish(known: rule.action == "log" ? [] : ["response"])
        let place = DocumentReader.join(path, "ratelimit")
        guard let value = rule.rateLimit else {
            reader.adopt([
                Finding(
                    .error, "missing-key", at: place, "a rate limit needs 'ratelimit'",
                    remedy: "write ratelimit: {characteristics: [ip.src], period: 60, requests_per_period: 100}")
            ])
            return nil
        }
        var inner = DocumentReader(DocumentNode(value), at: place)
        let characteristics = characteristics(&inner)
        let period = number("period", in: LimitPlan.periods, &inner)
        let requests = number("requests_per_period", in: LimitPlan.requestCounts, &inner)
        let mitigation = inner.int("mitigation_timeout", in: LimitPlan.mitigations) ?? 0
        let counting = inner.string("counting_expression").flatMap { $0.isEmpty ? nil : $0 }
        let toOrigin = inner.bool("requests_to_origin") ?? false
        if toOrigin {
            inner.note(
                "requests_to_origin", "every request that comes so far goes to the origin: this edge has no cache")
        }
        // Old exports have it, always empty.
        if let text = inner.string("mitigation_expression"), !text.isEmpty {
            inner.report("not-carried-out", "mitigation_expression", "'mitigation_expression' is not carried out")
        }
        for key in scoreKeys where inner.node(key) != nil {
            inner.report(
                "not-carried-out", key, "'\(key)' is not carried out: this edge counts requests, not scores",
                remedy: "limit with 'requests_per_period', or disable the rule")
        }
        inner.finish(known: keys)
        reader.adopt(inner.findings)
        guard let period, let requests else { return nil }
        return RateLimit(
            characteristics: characteristics, period: period, requests: requests, mitigation: mitigation,
            counting: counting, requestsToOrigin: toOrigin, answer: answer)
    }

    private static func number(_ key: String, in range: ClosedRange<Int>, _ reader: inout DocumentReader) -> Int? {
        let before = reader.findings.count
        let value = reader.int(key, in: range)
        if value == nil, reader.findings.count == before {
            reader.report("missing-key", key, "a rate limit needs '\(key)'")
        }
        return value
    }

    private static func characteristics(_ reader: inout DocumentReader) -> [RateLimit.Characteristic] {
        let before = reader.findings.count
        let words = reader.strings("characteristics")
        if words == nil, reader.findings.count == before {
            reader.report(
                "missing-key", "characteristics", "a rate limit needs 'characteristics'",
                remedy: "write characteristics: [ip.src], or [] to count all requests together")
        }
        var found: [RateLimit.Characteristic] = []
        for (index, word) in (words ?? []).enumerated() {
            let key = "characteristics[\(index)]"
            guard let characteristic = RateLimit.Characteristic(word) else {
                reader.report(
                    "not-carried-out", key, "this edge does not count by '\(word)'",
                    remedy: "count by ip.src, http.host, http.request.uri.path, http.request.headers[\"name\"] or "
                        + "http.request.cookies[\"name\"]")
                continue
            }
            if case .dataCentre = characteristic {
                reader.note(key, "cf.colo.id changes nothing: each node of this edge counts for itself")
            }
            if found.contains(characteristic) {
                reader.report("duplicate-member", key, "'\(word)' is given twice", remedy: "keep one of them")
            }
            found.append(characteristic)
        }
        if found.count > LimitPlan.mostCharacteristics {
            reader.report(
                "too-long", "characteristics", "a rate limit has at most \(LimitPlan.mostCharacteristics)")
        }
        return found
    }

    private static func answer(_ reader: inout DocumentReader) -> LimitAnswerPlan {
        var answer = LimitAnswerPlan(status: 429, contentType: "text/plain", body: "too many requests\n")
        guard let node = reader.node("response") else { return answer }
        var inner = DocumentReader(node, at: reader.place("response"))
        answer.status = inner.int("status_code", in: LimitPlan.statuses) ?? answer.status
        answer.contentType = inner.string("content_type") ?? answer.contentType
        answer.body = inner.string("content") ?? answer.body
        if !HeaderName.isValue(answer.contentType) {
            inner.report("bad-value", "content_type", "'\(answer.contentType)' is no content type")
        }
        if answer.body.utf8.count > PlanFormat.maximumBody {
            inner.report("too-long", "content", "a response body has at most 64 KiB")
        }
        inner.finish(known: ["status_code", "content_type", "content"])
        reader.adopt(inner.findings)
        return answer
    }
}

extension DocumentReader {
    /// Something to know, that hinders nothing.
    mutating func note(_ key: String, _ message: String) {
        adopt([Finding(.info, "no-effect", at: place(key), line: line(of: key), message)])
    }
}
