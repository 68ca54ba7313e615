import TestKit

/// As many of the rules as Envoy's own routes can say, one route for a rule in the module's place: what the edge would
/// cost if it wrote rules as Envoy configuration.
///
/// Envoy tries routes one after the other. Rules that look at addresses or responses, two kinds of ten, have no route;
/// `not ip.src in {10.0.0.0/8}` is left away. None of the others holds for the benchmark's request, as none does in the
/// module.
enum NativeRules {
    /// How many routes stand for so many rules.
    static func count(of rules: Int) -> Int { (0..<rules).count { hasRoute($0) } }

    private static func hasRoute(_ number: Int) -> Bool { number % 10 != 4 && number % 10 != 9 }

    /// The tree with routes in front of those of each virtual host.
    static func adding(_ rules: Int, to tree: JSONTree) -> JSONTree {
        switch tree {
        case .object(var members):
            if case .array(let routes) = members["routes"], members["domains"] != nil, let usual = routes.last {
                let added = (0..<rules).filter(hasRoute).map { route($0, like: usual) }
                members["routes"] = .array(added + routes)
                return .object(members)
            }
            return .object(members.mapValues { adding(rules, to: $0) })
        case .array(let elements): return .array(elements.map { adding(rules, to: $0) })
        default: return tree
        }
    }

    private static func route(_ number: Int, like usual: JSONTree) -> JSONTree {
        let redirect: (String, JSONTree) = ("redirect", .object(["path_redirect": .string("/new-\(number)")]))
        let refusal: (String, JSONTree) = ("direct_response", .object(["status": .number(403)]))
        func onward(_ member: String? = nil, _ value: String = "") -> (String, JSONTree) {
            guard let member, case .object(var action) = usual["route"] else { return ("route", usual["route"]) }
            action[member] = .string(value)
            return ("route", .object(action))
        }
        func route(
            _ match: [String: JSONTree], _ action: (String, JSONTree), adding header: String? = nil
        ) -> JSONTree {
            var members: [String: JSONTree] = ["match": .object(match), action.0: action.1]
            if let header {
                members["request_headers_to_add"] = .array([
                    .object(["header": .object(["key": .string(header), "value": .string("\(number)")])])
                ])
            }
            return .object(members)
        }
        func matching(_ header: String, _ test: String, _ value: JSONTree) -> [String: JSONTree] {
            let matcher = JSONTree.object(["name": .string(header), test: value])
            return ["prefix": .string("/"), "headers": .array([matcher])]
        }
        let regex = { (text: String) in JSONTree.object(["safe_regex": .object(["regex": .string(text)])]) }
        switch number % 10 {
        case 0: return route(["path": .string("/old-\(number)")], redirect)
        case 1: return route(["prefix": .string("/campaign-\(number)/")], redirect)
        case 2: return route(["prefix": .string("/p-\(number)/")], onward("prefix_rewrite", "/products"))
        case 3:
            let host = JSONTree.object(["exact": .string("h\(number).bench.example")])
            return route(
                matching(":authority", "string_match", host), onward("host_rewrite_literal", "h\(number).internal"))
        case 5: return route(matching("user-agent", "string_match", regex("(?i).*bot-\(number).*")), refusal)
        case 6: return route(["prefix": .string("/admin-\(number)")], refusal)
        case 7:
            let cookie = regex("(.*; ?)?c\(number)=1(;.*)?")
            return route(matching("cookie", "string_match", cookie), onward(), adding: "x-cookie-\(number)")
        default:
            return route(
                matching("x-flag-\(number)", "present_match", .bool(true)), onward(), adding: "x-flagged-\(number)")
        }
    }
}
