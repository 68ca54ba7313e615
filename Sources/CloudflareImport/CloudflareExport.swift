package import EdgeModel

/// What Cloudflare's API said about a zone, sorted by kind: answers with their envelope (`{"result": …, "success": …}`),
/// lists, single objects, and maps of lists are all taken. What is not recognised is kept as such and ends in the report.
///
/// Shapes: https://developers.cloudflare.com/api/ (zones, rulesets, dns, load_balancers, page_rules, settings).
package struct CloudflareExport: Hashable, Sendable {
    struct Item: Hashable, Sendable {
        var value: DocumentValue
        var place: String
    }

    private(set) var items: [ImportItem.Kind: [Item]] = [:]
    /// Names of the zone that the objects mention.
    package private(set) var zones: Set<String> = []
    private(set) var notes: [String] = []
    private var known: [Identity: Int] = [:]

    /// An object that is given twice, in a list and by itself, is one thing.
    private struct Identity: Hashable {
        var kind: ImportItem.Kind
        var id: String
        var phase: String?
    }

    private static let groups: Set<String> = [
        "zone", "rulesets", "dns_records", "records", "load_balancers", "pools", "monitors", "page_rules", "pagerules",
        "settings", "lists",
    ]

    package init() {}

    package var isEmpty: Bool { items.isEmpty && zones.isEmpty }

    /// - Parameter place: the file or address it comes from, for the report.
    package mutating func add(_ value: DocumentValue, from place: String) { add(value, from: place, depth: 0) }

    private mutating func add(_ value: DocumentValue, from place: String, depth: Int) {
        switch value {
        case .null: return
        case .array(let items) where depth < 4:
            for (index, item) in items.enumerated() { add(item, from: "\(place)[\(index)]", depth: depth + 1) }
        case .object(let members) where depth < 4:
            if let result = value["result"], ["success", "errors", "result_info"].contains(where: { value[$0] != nil })
            {
                if value.flag("success") == false {
                    notes.append("\(place) is an error of the API, not an answer: \(Self.messages(value))")
                }
                return add(result, from: place, depth: depth + 1)
            }
            if let kind = Self.kind(of: value) { return keep(value, kind, from: place) }
            if Self.isZone(value) {
                zones.insert(value.text("name") ?? "")
                return
            }
            if members.contains(where: { Self.groups.contains($0.key) }) {
                for member in members {
                    if member.key == "zone", let name = member.value.asText {
                        zones.insert(name)
                    } else {
                        add(member.value, from: "\(place): \(member.key)", depth: depth + 1)
                    }
                }
                return
            }
            keep(value, .unknown, from: place)
        default: keep(value, .unknown, from: place)
        }
    }

    private static func isZone(_ value: DocumentValue) -> Bool {
        value.text("name") != nil && (value["name_servers"] != nil || value["original_name_servers"] != nil)
    }

    static func messages(_ value: DocumentValue) -> String {
        let texts = (value.list("errors") ?? []).compactMap { error in
            error.text("message").map { "\($0)\(error.number("code").map { " (\($0))" } ?? "")" }
        }
        return texts.isEmpty ? "no reason given" : texts.joined(separator: "; ")
    }

    private static func kind(of value: DocumentValue) -> ImportItem.Kind? {
        if value["phase"] != nil, value["kind"] != nil || value["rules"] != nil { return .ruleset }
        if value["default_pools"] != nil { return .loadBalancer }
        if value["origins"] != nil { return .pool }
        if value["targets"] != nil, value["actions"] != nil { return .pageRule }
        if value["type"] != nil, value["name"] != nil, value["content"] != nil || value["data"] != nil {
            return .record
        }
        if value["type"] != nil, value["interval"] != nil || value["expected_codes"] != nil { return .monitor }
        if let kind = value.text("kind"), listKinds.contains(kind), value["name"] != nil, value.list("items") != nil {
            return .list
        }
        if value["num_items"] != nil || value["num_referencing_filters"] != nil { return .list }
        if let members = value.asMembers, value["id"] != nil, value["value"] != nil,
            members.allSatisfy({ settingKeys.contains($0.key) })
        {
            return .setting
        }
        return nil
    }

    private static let listKinds: Set<String> = ["ip", "asn", "hostname", "redirect"]

    private static let settingKeys: Set<String> = [
        "id", "value", "editable", "modified_on", "time_remaining", "certificate_status", "validation_errors",
    ]

    private mutating func keep(_ value: DocumentValue, _ kind: ImportItem.Kind, from place: String) {
        if let name = value.text("zone_name") { zones.insert(name) }
        if let id = value.text("id") {
            let identity = Identity(kind: kind, id: id, phase: value.text("phase"))
            if let index = known[identity], let kept = items[kind]?[index].value {
                // A list of rulesets tells them without their rules. Two that only share the id are two.
                if kind == .ruleset, kept["rules"] == nil {
                    if value["rules"] != nil { items[kind]?[index].value = value }
                    return
                }
                // The same of lists and their items, which come in pages.
                if kind == .list, let items = value.list("items") {
                    if (kept.list("items") ?? []).count <= items.count { self.items[kind]?[index].value = value }
                    return
                }
                if kept == value || kind == .list || (kind == .ruleset && value["rules"] == nil) { return }
            } else {
                known[identity] = items[kind]?.count ?? 0
            }
        }
        items[kind, default: []].append(Item(value: value, place: place))
    }

    mutating func note(_ sentence: String) { if !notes.contains(sentence) { notes.append(sentence) } }

    func list(_ kind: ImportItem.Kind) -> [Item] { items[kind] ?? [] }
}
