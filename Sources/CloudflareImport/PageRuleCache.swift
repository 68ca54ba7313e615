internal import EdgeModel

/// What page rules say about caches, in the words of `set_cache_settings`.
enum PageRuleCache {
    /// `cache_ttl_by_status`: `{"200": 60, "300-399": "no-cache"}` → `status_code_ttl`; nil when it is something else.
    static func lifetimes(_ value: DocumentValue) -> DocumentValue? {
        guard let members = value.asMembers, !members.isEmpty else { return nil }
        var list: [DocumentValue] = []
        for member in members {
            let ends = member.key.split(separator: "-").compactMap { Int($0) }
            let seconds: Int? =
                switch member.value.asText {
                case "no-cache"?: 0
                case "no-store"?: -1
                default: member.value.asNumber
                }
            guard let seconds, let first = ends.first, ends.count <= 2, let last = ends.last else { return nil }
            let range: DocumentValue = .object(["from": .int(first), "to": .int(last)])
            list.append(
                .object([
                    "status_code": ends.count == 1 ? .int(first) : nil,
                    "status_code_range": ends.count == 1 ? nil : range, "value": .int(seconds),
                ]))
        }
        return .array(list)
    }

    /// What an action of the cache key says, as a part of `cache_key`; nil when it is none of those.
    static func key(_ action: String, _ value: DocumentValue) -> DocumentValue? {
        switch action {
        case "cache_by_device_type": .object(["cache_by_device_type": .bool(value.asText == "on")])
        case "cache_deception_armor": .object(["cache_deception_armor": .bool(value.asText == "on")])
        case "sort_query_string_for_cache": .object(["ignore_query_strings_order": .bool(value.asText == "on")])
        case "cache_key_fields": .object(["custom_key": customKey(value)])
        default: nil
        }
    }

    /// Page rules name the one header that may be left out of the key where rules have a flag.
    private static func customKey(_ value: DocumentValue) -> DocumentValue {
        guard let header = value["header"], let excluded = header.list("exclude") else { return value }
        let flag: DocumentValue? = excluded.contains(.string("origin")) ? .bool(true) : nil
        return value.setting("header", header.setting("exclude", nil).setting("exclude_origin", flag))
    }

    /// What was gathered from the actions of one page rule, as parameters: lifetimes for statuses are part of the edge's.
    static func parameters(_ gathered: [DocumentMember]) -> DocumentValue {
        let all = DocumentValue.object(gathered)
        guard let byStatus = all["status_code_ttl"] else { return all }
        let lifetime = all["edge_ttl"] ?? .object(["mode": .string("respect_origin")])
        return all.setting("status_code_ttl", nil).setting("edge_ttl", lifetime.setting("status_code_ttl", byStatus))
    }
}
