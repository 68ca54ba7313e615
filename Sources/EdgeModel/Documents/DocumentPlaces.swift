/// Where in a document the places that findings name were written.
package struct DocumentPlaces: Sendable {
    private let root: DocumentNode

    package init(_ root: DocumentNode) { self.root = root }

    /// Line of a place such as `rules.http_request_origin[2].action_parameters`, or of the nearest part around it that
    /// was written; nil when not even its first key was.
    package func line(of place: String) -> Int? {
        var rest = Substring(place)
        var node = root
        var line: Int?
        while !rest.isEmpty, let (next, nextLine) = Self.step(&rest, in: node) {
            node = next
            line = nextLine ?? next.line ?? line
        }
        return line
    }

    /// The finding with its line, when it has none. What stands before `: ` is the resource that the document is of.
    package func located(_ finding: Finding) -> Finding {
        guard finding.line == nil else { return finding }
        var finding = finding
        finding.line = line(of: Self.withoutResource(finding.place))
        return finding
    }

    /// `rules.a[0]` of `zone example.com: rules.a[0]`.
    package static func withoutResource(_ place: String) -> String {
        place.firstRange(of: ": ").map { String(place[$0.upperBound...]) } ?? place
    }

    private static func step(_ rest: inout Substring, in node: DocumentNode) -> (DocumentNode, Int?)? {
        switch node.content {
        case .array(let items):
            guard rest.first == "[", let end = rest.firstIndex(of: "]"),
                let index = Int(rest[rest.index(after: rest.startIndex)..<end]), items.indices.contains(index)
            else { return nil }
            rest = rest[rest.index(after: end)...]
            return (items[index], items[index].line)
        case .object(let members):
            let path = rest.first == "." ? rest.dropFirst() : rest
            // Keys may hold dots: the longest that fits is meant.
            let fitting = members.filter { member in
                guard path.hasPrefix(member.key) else { return false }
                let next = path.dropFirst(member.key.count).first
                return next == nil || next == "." || next == "["
            }
            guard let member = fitting.max(by: { $0.key.count < $1.key.count }), !member.key.isEmpty else { return nil }
            rest = path.dropFirst(member.key.count)
            return (member.value, member.line)
        case .null, .bool, .int, .double, .string: return nil
        }
    }
}
