internal import EdgePlan

/// The parameters of `set_cache_settings` → `CacheSettings`, in Cloudflare's words.
enum CacheSettingsReader {
    private static let seconds = -1...31_536_000
    private static let statuses = 100...999

    static func read(_ reader: inout DocumentReader) -> CacheSettings {
        var settings = CacheSettings()
        settings.eligible = reader.bool("cache")
        settings.edgeTTL = edgeTTL(&reader)
        settings.browserTTL = lifetime("browser_ttl", [.overrideOrigin, .respectOrigin], &reader) { _, _ in }
        settings.staleWhileUpdating = staleWhileUpdating(&reader)
        settings.key = CacheKeyReader.read(&reader)
        settings.given = given(&reader)
        reader.finish(
            known: ["cache", "edge_ttl", "browser_ttl", "serve_stale", "cache_key"]
                + CacheSettings.Given.allCases.map(\.rawValue))
        if settings == CacheSettings(), reader.findings.isEmpty {
            reader.report(
                "missing-key", "cache",
                "cache settings need 'cache', 'edge_ttl', 'browser_ttl', 'serve_stale' or 'cache_key'")
        }
        return settings
    }

    private static func given(_ reader: inout DocumentReader) -> [CacheSettings.Given: Bool] {
        var found: [CacheSettings.Given: Bool] = [:]
        for one in CacheSettings.Given.allCases {
            guard let isOn = reader.bool(one.rawValue) else { continue }
            found[one] = isOn
            if !isOn, let why = one.always { reader.report("bad-value", one.rawValue, why, remedy: "remove it") }
        }
        return found
    }

    private static func edgeTTL(_ reader: inout DocumentReader) -> CacheSettings.EdgeTTL? {
        var byStatus: [CacheSettings.StatusLifetime] = []
        let seconds = lifetime("edge_ttl", [.overrideOrigin, .respectOrigin, .bypassByDefault], &reader) {
            inner, known in
            known.append("status_code_ttl")
            byStatus = statusLifetimes(&inner)
        }
        return seconds.map { CacheSettings.EdgeTTL(seconds: $0, byStatus: byStatus) }
    }

    /// - Parameter more: reads what else stands there, and adds its keys to those that are known.
    private static func lifetime(
        _ key: String, _ modes: [LifetimeMode], _ reader: inout DocumentReader,
        _ more: (inout DocumentReader, inout [String]) -> Void
    ) -> Int? {
        guard let node = reader.node(key) else { return nil }
        var inner = DocumentReader(node, at: reader.place(key))
        var known = ["mode", "default"]
        let mode = inner.string("mode")
        var value = inner.int("default", in: seconds)
        more(&inner, &known)
        let meant = mode.flatMap { LifetimeMode(rawValue: $0) }.flatMap { modes.contains($0) ? $0 : nil }
        switch meant {
        case .respectOrigin?, .bypassByDefault?:
            if value != nil {
                inner.report(
                    "bad-value", "default", "\(mode ?? "") leaves the lifetime to the origin",
                    remedy: "remove 'default', or use override_origin")
            }
            value = meant == .respectOrigin ? CacheSettingPlan.asOrigin : CacheSettingPlan.asOriginOrNone
        case .overrideOrigin?:
            if value == nil, inner.findings.isEmpty {
                inner.report("missing-key", "default", "override_origin needs 'default' in seconds")
            }
        case nil:
            let others = modes.dropFirst().map(\.rawValue).joined(separator: " or ")
            inner.report(
                "bad-value", "mode", "mode \(mode.map { "'\($0)'" } ?? "(missing)") is not carried out",
                remedy: "use override_origin with 'default', or \(others)")
        }
        inner.finish(known: known)
        reader.adopt(inner.findings)
        return value
    }

    private static func statusLifetimes(_ reader: inout DocumentReader) -> [CacheSettings.StatusLifetime] {
        var found: [CacheSettings.StatusLifetime] = []
        for (index, node) in (reader.array("status_code_ttl") ?? []).enumerated() {
            let key = "status_code_ttl[\(index)]"
            var inner = DocumentReader(node, at: reader.place(key))
            let statuses = range(&inner)
            let value = inner.int("value", in: seconds)
            if value == nil, inner.findings.isEmpty {
                inner.report("missing-key", "value", "a lifetime for a status needs 'value' in seconds")
            }
            inner.finish(known: ["status_code", "status_code_range", "value"])
            reader.adopt(inner.findings)
            guard let statuses, let value else { continue }
            found.append(CacheSettings.StatusLifetime(statuses: statuses, seconds: value))
        }
        return found
    }

    /// One status, or a range that may be open at one end.
    private static func range(_ reader: inout DocumentReader) -> ClosedRange<Int>? {
        let one = reader.int("status_code", in: statuses)
        guard let node = reader.node("status_code_range") else {
            if one == nil, reader.findings.isEmpty {
                reader.report("missing-key", "status_code", "name 'status_code' or 'status_code_range'")
            }
            return one.map { $0...$0 }
        }
        var inner = DocumentReader(node, at: reader.place("status_code_range"))
        let from = inner.int("from", in: statuses) ?? statuses.lowerBound
        let to = inner.int("to", in: statuses) ?? statuses.upperBound
        inner.finish(known: ["from", "to"])
        reader.adopt(inner.findings)
        if one != nil {
            reader.report("bad-value", "status_code", "'status_code' and 'status_code_range' exclude each other")
        }
        guard from <= to else {
            reader.report("bad-value", "status_code_range", "the range \(from) to \(to) is the wrong way round")
            return nil
        }
        return from...to
    }

    private static func staleWhileUpdating(_ reader: inout DocumentReader) -> Bool? {
        guard let node = reader.node("serve_stale") else { return nil }
        var inner = DocumentReader(node, at: reader.place("serve_stale"))
        let disabled = inner.bool("disable_stale_while_updating")
        if disabled == nil, inner.findings.isEmpty {
            inner.report(
                "missing-key", "disable_stale_while_updating", "serve_stale needs 'disable_stale_while_updating'")
        }
        inner.finish(known: ["disable_stale_while_updating"])
        reader.adopt(inner.findings)
        return disabled.map { !$0 }
    }
}
