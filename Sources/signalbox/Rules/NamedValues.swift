internal import RulesLanguage

/// Lists as `--list NAME=VALUE,VALUE` gives them; what they hold is what all their values are.
enum NamedValues {
    static func lists(_ texts: [String]) throws -> [String: ListContents] {
        var lists: [String: ListContents] = [:]
        for text in texts {
            guard let mark = text.firstIndex(of: "=") else {
                throw RuleRequestOptions.problem("--list \(text)", "write NAME=VALUE,VALUE")
            }
            let name = text[..<mark].drop { $0 == "$" }
            let members = text[text.index(after: mark)...].split(separator: ",").map { String($0) }
            let networks = members.compactMap { IPRange($0) }
            let numbers = members.compactMap { Int64($0) }
            lists[String(name)] =
                networks.count == members.count
                ? .ips(networks)
                : numbers.count == members.count
                    ? .ints(numbers.map { $0...$0 }) : .bytes(members.map { Array($0.utf8) })
        }
        return lists
    }
}
