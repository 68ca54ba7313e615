internal import EdgePlan
internal import RulesLanguage
internal import RulesReasoning

/// Texts, numbers, sets and patterns against what they are compared with.
extension ExpressionLint {
    /// Where in the value a text must stand.
    private enum Position { case whole, beginning, anywhere, end }

    // MARK: sets

    mutating func sets(_ comparison: Comparison, _ node: ExpressionNode) {
        switch comparison {
        case .inBytes(let texts):
            if texts.isEmpty { reportEmptySet(node) }
            if let double = firstDouble(texts) {
                report(.duplicateMember, node, "\"\(shown(double))\" is listed twice", remedy: "remove one")
            }
        case .inInts(let ranges):
            if ranges.isEmpty { reportEmptySet(node) }
            overlaps(ranges.map { IntegerSet([$0]) }, ranges.map { "\($0.lowerBound)..\($0.upperBound)" }, node) {
                $0.isSubset(of: $1)
            }
        case .inIPs(let ranges):
            if ranges.isEmpty { reportEmptySet(node) }
            overlaps(ranges.map { AddressSet([$0]) }, ranges.map(\.description), node) { $0.isSubset(of: $1) }
        default: break
        }
    }

    private mutating func reportEmptySet(_ node: ExpressionNode) {
        report(.emptySet, node, "the set is empty", remedy: "remove the comparison or fill the set")
    }

    private func firstDouble<T: Hashable>(_ items: [T]) -> T? {
        var seen: Set<T> = []
        return items.first { !seen.insert($0).inserted }
    }

    /// Longer lists are compared with their neighbours in order only.
    private static let mostPairs = 500

    private mutating func overlaps<T: Equatable>(
        _ members: [T], _ names: [String], _ node: ExpressionNode, within: (T, T) -> Bool
    ) {
        guard members.count <= Self.mostPairs else { return }
        for one in members.indices {
            for other in members.indices where other != one && within(members[one], members[other]) {
                if members[one] == members[other] {
                    guard one > other else { continue }
                    report(.duplicateMember, node, "\(names[one]) is listed twice", remedy: "remove one")
                } else {
                    report(
                        .overlappingMembers, node, "\(names[one]) is within \(names[other])",
                        remedy: "remove \(names[one])")
                }
                break
            }
        }
    }

    // MARK: patterns

    mutating func patterns(_ value: ExpressionNode, _ comparison: Comparison, _ node: ExpressionNode) {
        switch comparison {
        case .matches(let pattern):
            if [".*", "^.*$", ".*$", "^.*", "", "^"].contains(String(decoding: pattern, as: UTF8.self)) {
                report(
                    .regexMatchesAnything, node, "the pattern matches everything",
                    remedy: "remove the comparison, or use len(…) ge 0 to ask whether there is a value")
            } else if let words = plainComparison(text(value), pattern) {
                report(.regexIsLiteral, node, "no regular expression is needed here", remedy: "write \(words)")
            } else if hasUnescapedDot(pattern) {
                report(
                    .unescapedDot, node, "the dot stands for any character here",
                    remedy: #"write \. for a dot"#)
            }
        case .wildcard(let pattern, _):
            if !pattern.contains(UInt8(ascii: "*")) {
                report(
                    .wildcardWithoutStar, node, "the pattern has no star",
                    remedy: "write eq, or put a star where anything may stand")
            }
        default: break
        }
    }

    private func plainComparison(_ value: String, _ pattern: [UInt8]) -> String? {
        guard let glob = RegexReading.glob(pattern), !pattern.starts(with: "(?i)".utf8) else { return nil }
        return glob.comparison(of: value)
    }

    /// `example.com` between letters, where a name with a dot is meant.
    private func hasUnescapedDot(_ pattern: [UInt8]) -> Bool {
        guard pattern.count >= 3 else { return false }
        return pattern.indices.dropFirst().dropLast().contains { index in
            pattern[index] == UInt8(ascii: ".") && isWordByte(pattern[index - 1]) && isWordByte(pattern[index + 1])
                && (index < 2 || pattern[index - 2] != UInt8(ascii: "\\"))
        }
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || (0x30...0x39).contains(byte)
    }

    // MARK: texts

    mutating func texts(_ value: ExpressionNode, _ comparison: Comparison, _ node: ExpressionNode) {
        let (subject, literals) = literals(value, comparison)
        if case .ordering(.notEqual, _) = comparison, mayBeMissing(value) {
            report(
                .neOnMissing, node, "requests without \(text(value)) do not match",
                remedy: "write not \(text(value)) eq … to match them too")
        }
        headerNames(value)
        for (literal, position) in literals {
            if literal.isEmpty, position != .whole {
                report(.emptyPart, node, "every text has the empty text in it", remedy: "remove the comparison")
                continue
            }
            fitsField(subject, literal, position, node)
            fitsFunction(subject, literal, node)
        }
    }

    /// The value that texts are compared with, and the texts with where they must stand.
    private func literals(_ value: ExpressionNode, _ comparison: Comparison) -> (ExpressionNode, [([UInt8], Position)])
    {
        switch comparison {
        case .isTrue:
            guard case .call(let function, let arguments) = value.kind, arguments.count == 2,
                function == .startsWith || function == .endsWith,
                case .literal(.bytes(let text)) = arguments[1].kind
            else { return (value, []) }
            return (arguments[0], [(text, function == .startsWith ? .beginning : .end)])
        case .ordering(.equal, .bytes(let text)), .ordering(.notEqual, .bytes(let text)):
            return (value, [(text, .whole)])
        case .inBytes(let texts): return (value, texts.map { ($0, .whole) })
        case .contains(let text): return (value, [(text, .anywhere)])
        default: return (value, [])
        }
    }

    private mutating func fitsField(
        _ value: ExpressionNode, _ literal: [UInt8], _ position: Position, _ node: ExpressionNode
    ) {
        guard case .field(let id) = value.kind else { return }
        let text = shown(literal)
        switch id {
        case .method:
            if literal.contains(where: { (0x61...0x7a).contains($0) }) {
                report(.methodCase, node, "\"\(text)\" is not in capitals", remedy: "write \"\(text.uppercased())\"")
            }
        case .path, .rawPath:
            if position == .whole || position == .beginning, literal.first != UInt8(ascii: "/"), !literal.isEmpty {
                report(.pathWithoutSlash, node, "\"\(text)\" does not begin with '/'", remedy: "write \"/\(text)\"")
            } else if literal.contains(UInt8(ascii: "?")) {
                report(
                    .queryInPath, node, "\"\(text)\" has a '?'",
                    remedy: "compare http.request.uri.query with what follows it, or http.request.uri with both")
            }
        case .httpHost: hostForm(literal, position, node)
        case .pathExtension, .rawPathExtension:
            if literal.first == UInt8(ascii: ".") || hasUpperCase(literal) {
                let mended = literal.first == UInt8(ascii: ".") ? String(text.dropFirst()) : text
                report(
                    .extensionForm, node, "no extension is \"\(text)\"", remedy: "write \"\(mended.lowercased())\"")
            }
        case .sourceCountry, FieldID(rawValue: 400):
            if position == .whole, literal.count != 2 || literal.contains(where: { !(0x41...0x5a).contains($0) }) {
                report(
                    .countryForm, node, "\"\(text)\" is no country code",
                    remedy: "write two capital letters, such as \"\(text.uppercased().prefix(2))\"")
            }
        default: break
        }
    }

    private mutating func hostForm(_ literal: [UInt8], _ position: Position, _ node: ExpressionNode) {
        let text = shown(literal)
        var mended = text.lowercased()
        for scheme in ["https://", "http://"] where mended.hasPrefix(scheme) { mended.removeFirst(scheme.count) }
        if let slash = mended.firstIndex(of: "/") { mended = String(mended[..<slash]) }
        if let colon = mended.firstIndex(of: ":"), !mended.hasPrefix("[") { mended = String(mended[..<colon]) }
        if position == .whole || position == .end, mended.hasSuffix(".") { mended.removeLast() }
        if mended != text {
            report(.hostForm, node, "no host is \"\(text)\"", remedy: "write \"\(mended)\"")
        }
    }

    private mutating func fitsFunction(_ value: ExpressionNode, _ literal: [UInt8], _ node: ExpressionNode) {
        guard case .call(let function, _) = value.kind else { return }
        let text = shown(literal)
        switch function {
        case .lower where hasUpperCase(literal):
            report(.foldedLiteral, node, "\"\(text)\" has capitals", remedy: "write \"\(text.lowercased())\"")
        case .upper where literal.contains(where: { (0x61...0x7a).contains($0) }):
            report(.foldedLiteral, node, "\"\(text)\" has small letters", remedy: "write \"\(text.uppercased())\"")
        case .urlDecode where isPercentEncoded(literal):
            report(.encodedLiteral, node, "\"\(text)\" is percent-encoded", remedy: "write the decoded text")
        default: break
        }
    }

    private func hasUpperCase(_ text: [UInt8]) -> Bool { text.contains { (0x41...0x5a).contains($0) } }

    private func isPercentEncoded(_ text: [UInt8]) -> Bool {
        text.indices.dropLast(2).contains { index in
            text[index] == UInt8(ascii: "%") && isHex(text[index + 1]) && isHex(text[index + 2])
        }
    }

    private func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }

    private func shown(_ text: [UInt8]) -> String { String(decoding: text, as: UTF8.self) }

    // MARK: keys and numbers

    private mutating func headerNames(_ value: ExpressionNode) {
        var keys: [(key: [UInt8], node: ExpressionNode)] = []
        value.visit { node in
            switch node.kind {
            case .index(let map, .key(let key)):
                if case .field(let id) = map.kind, id == .headers || id == .responseHeaders { keys.append((key, node)) }
            case .call(.hasKey, let arguments):
                if arguments.count == 2, case .field(let id) = arguments[0].kind,
                    id == .headers || id == .responseHeaders, case .literal(.bytes(let key)) = arguments[1].kind
                {
                    keys.append((key, node))
                }
            default: break
            }
        }
        for (key, node) in keys where hasUpperCase(key) {
            report(
                .headerNameCase, node, "no header name has capitals here",
                remedy: "write \"\(shown(key).lowercased())\"")
        }
    }

    mutating func numbers(_ value: ExpressionNode, _ comparison: Comparison, _ node: ExpressionNode) {
        guard value.type == .int, !value.isEach else { return }
        let possible: ClosedRange<Int64>
        switch value.kind {
        case .field(.responseCode): possible = 100...599
        case .field(.edgeServerPort): possible = 1...65_535
        case .call(.len, _): possible = 0...Int64.max
        default: return
        }
        let wanted: [Int64]
        switch comparison {
        case .ordering(.equal, .int(let number)), .ordering(.notEqual, .int(let number)): wanted = [number]
        case .ordering(.less, .int(let number)): wanted = [number - (number > .min ? 1 : 0)]
        case .ordering(.lessOrEqual, .int(let number)): wanted = [number]
        case .ordering(.greater, .int(let number)): wanted = [number + (number < .max ? 1 : 0)]
        case .ordering(.greaterOrEqual, .int(let number)): wanted = [number]
        case .inInts(let ranges): wanted = ranges.flatMap { [$0.lowerBound, $0.upperBound] }
        default: return
        }
        let isOrder =
            if case .ordering(let order, _) = comparison { order != .equal && order != .notEqual } else { false }
        // `ge 0` is the idiom for "is there at all".
        if isOrder, wanted == [0], possible.lowerBound <= 1 { return }
        for number in wanted where !possible.contains(number) {
            report(
                .numberOutOfRange, node, "\(text(value)) is never \(number)",
                remedy:
                    "numbers here are \(possible.lowerBound) to \(possible.upperBound == .max ? "any" : "\(possible.upperBound)")"
            )
        }
    }

    // MARK: names

    mutating func names() {
        for id in expression.usedFields {
            guard let field = expression.schema.field(id) else { continue }
            let span = expression.spans(of: id).first ?? expression.root.span
            if let alias = field.deprecatedAliasFor, let current = expression.schema.field(alias) {
                report(.deprecatedField, span, "'\(field.name)' is outdated", remedy: "write \(current.name)")
            }
            if let phase, field.side == .response, !phase.isResponse {
                report(
                    .responseField, span, "there is no response yet in \(phase.rawValue)",
                    remedy: "move the rule to \(Phase.responseHeadersTransform.rawValue)")
            }
        }
        guard let phase else { return }
        for id in expression.usedFunctions {
            guard let function = expression.schema.function(id), let allowed = function.allowedIn,
                !allowed.contains(phase.rawValue)
            else { continue }
            report(
                .functionNotInPhase, expression.root, "'\(function.name)' is not allowed in \(phase.rawValue)",
                remedy: "it is allowed in \(allowed.joined(separator: ", "))")
        }
    }
}
