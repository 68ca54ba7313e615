/// Expressions of the rules language in endless variety, valid ones and broken ones, from a seed.
///
/// Grammar-driven and independent of our parser: fields are handed in, everything else is written here from the language's
/// reference. One in three is broken afterwards, by characters or by words.
package struct ExpressionCorpus {
    /// What a field holds, as far as writing an expression goes.
    package enum Kind: Hashable, Sendable, CaseIterable {
        case bytes, int, ip, bool, bytesList, intList, bytesLists, bytesMap, intMap
    }

    package struct Sample: Hashable, Sendable {
        package let text: String
        /// Nothing was done to it after it had been written by the grammar.
        package let isWhole: Bool
    }

    let fields: [Kind: [String]]
    var random: SeededGenerator

    package init(fields: [Kind: [String]], random: SeededGenerator) {
        self.fields = fields
        self.random = random
    }

    package mutating func next() -> Sample {
        let depth = [0, 0, 1, 1, 2, 3][below(6)]
        let text = condition(depth)
        guard below(3) == 0 else { return Sample(text: text, isWhole: true) }
        return Sample(text: broken(text), isWhole: false)
    }

    // MARK: chance

    mutating func below(_ count: Int) -> Int { Int.random(in: 0..<max(count, 1), using: &random) }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
    mutating func pick<T>(_ values: [T]) -> T { values[below(values.count)] }
    mutating func field(_ kind: Kind) -> String { fields[kind].map { pick($0) } ?? "ssl" }

    /// White space where it may be left out.
    mutating func gap() -> String { pick(["", "", "", "", " ", " ", "  ", "\n", "\r\n"]) }
    /// White space where words would run together.
    mutating func space() -> String { pick([" ", " ", " ", " ", "  ", "\n", " \r\n "]) }

    // MARK: conditions

    mutating func condition(_ depth: Int) -> String {
        guard depth > 0 else { return simple() }
        switch below(8) {
        case 0: return "not" + space() + operand(depth - 1)
        case 1: return "!" + gap() + operand(depth - 1)
        case 2: return "(" + gap() + condition(depth - 1) + gap() + ")"
        default:
            var text = operand(depth - 1)
            for _ in 0...below(3) { text += joint() + operand(depth - 1) }
            return text
        }
    }

    mutating func joint() -> String {
        let symbol = pick(["&&", "||", "^^"])
        return chance(30) ? gap() + symbol + gap() : space() + pick(["and", "and", "or", "or", "xor"]) + space()
    }

    mutating func operand(_ depth: Int) -> String {
        chance(30) ? "(" + gap() + condition(depth) + gap() + ")" : condition(depth)
    }

    mutating func simple() -> String {
        switch below(16) {
        case 0, 1: return truth()
        case 2, 3, 4: return quantified()
        case 5, 6: return intValue(2) + intComparison()
        case 7, 8: return addressValue(1) + addressComparison()
        default: return bytesValue(2) + bytesComparison()
        }
    }

    mutating func truth() -> String {
        switch below(8) {
        case 0, 1, 2: field(.bool)
        case 3: call("starts_with", bytesValue(1), chance(70) ? quoted() : bytesValue(1))
        case 4: call("ends_with", bytesValue(1), chance(70) ? quoted() : bytesValue(1))
        case 5: call("has_key", field(.bytesMap), quoted())
        case 6: call("has_value", listValue(), quoted())
        default: call(pick(["is_jwt_valid", "is_jwt_present"]), quoted())
        }
    }

    mutating func quantified() -> String {
        let head = pick(["any", "all"]) + pick(["", "", "", " "]) + "(" + gap()
        let tail = gap() + ")"
        switch below(6) {
        case 0: return head + "(" + element() + joint() + element() + ")" + tail
        case 1: return head + "not " + element() + (chance(30) ? joint() + element() : "") + tail
        case 2: return head + "(" + element() + ")" + joint() + "(" + element() + ")" + tail
        default: return head + element() + tail
        }
    }

    /// A comparison of each element of a list.
    mutating func element() -> String {
        switch below(9) {
        case 0: call("starts_with", listValue() + "[*]", quoted())
        case 1: call(pick(["lower", "upper", "url_decode"]), listValue() + "[*]") + "[*]" + bytesComparison()
        case 2: call("len", listValue() + "[*]") + "[*]" + intComparison()
        case 3: field(.intList) + "[*]" + intComparison()
        case 4: field(.bytesMap) + "[*][\(pick(["*", "0", "2"]))]" + bytesComparison()
        case 5: field(.bytesLists) + "[*][\(pick(["*", "0", "2"]))]" + bytesComparison()
        case 6: field(.intMap) + key() + "[*]" + intComparison()
        default: listValue() + "[" + pick(["*", "*", " * "]) + "]" + bytesComparison()
        }
    }

    // MARK: comparisons

    mutating func ordering() -> String {
        chance(50)
            ? space() + pick(["eq", "eq", "ne", "lt", "le", "gt", "ge"]) + space()
            : gap() + pick(["==", "==", "!=", "<", "<=", ">", ">="]) + gap()
    }

    mutating func bytesComparison() -> String {
        switch below(12) {
        case 0, 1, 2: return ordering() + (chance(85) ? bytesLiteral() : bytesValue(1))
        case 3, 4: return space() + "contains" + gap() + bytesLiteral()
        case 5, 6: return (chance(60) ? space() + "matches" : gap() + "~") + gap() + regexLiteral()
        case 7: return space() + "wildcard" + gap() + wildcardLiteral()
        case 8: return space() + "strict wildcard" + gap() + wildcardLiteral()
        case 9: return space() + "in" + gap() + listName()
        default:
            let members = (0..<below(5)).map { _ in bytesLiteral() }
            return space() + "in" + gap() + "{" + gap() + members.joined(separator: space()) + gap() + "}"
        }
    }

    mutating func intComparison() -> String {
        switch below(8) {
        case 0, 1, 2: return ordering() + (chance(85) ? number() : intValue(1))
        case 3: return (chance(50) ? gap() + "&" + gap() : space() + "bitwise_and" + space()) + number()
        case 4: return space() + "in" + gap() + listName()
        default:
            let members = (0..<below(5)).map { _ in chance(30) ? numberRange() : number() }
            return space() + "in" + gap() + "{" + gap() + members.joined(separator: space()) + gap() + "}"
        }
    }

    mutating func addressComparison() -> String {
        switch below(6) {
        case 0, 1: return ordering() + (chance(85) ? address() : addressValue(1))
        case 2: return space() + "in" + gap() + listName()
        default:
            let members = (0..<below(5)).map { _ in addressRange() }
            return space() + "in" + gap() + "{" + gap() + members.joined(separator: space()) + gap() + "}"
        }
    }

    // MARK: values

    mutating func key() -> String { "[" + gap() + pick(["\"a\"", "\"x-token\"", "\"é\"", "\"\\x61\""]) + gap() + "]" }

    mutating func position() -> String {
        "[" + gap() + pick(["0", "1", "7", "0", "0", "0x1", "010", "4294967295"]) + gap() + "]"
    }

    mutating func call(_ name: String, _ arguments: String...) -> String {
        var text = name + pick(["", "", "", "", " "]) + "(" + gap()
        for (index, argument) in arguments.enumerated() { text += (index > 0 ? gap() + "," + gap() : "") + argument }
        return text + gap() + ")"
    }

    mutating func listValue() -> String {
        switch below(8) {
        case 0, 1: field(.bytesList)
        case 2: call("split", bytesValue(0), quoted(), pick(["1", "2", "128"]))
        case 3: call("concat", field(.bytesList), field(.bytesList))
        case 4: field(.bytesLists) + "[0]"
        default: field(.bytesMap) + key()
        }
    }

    mutating func bytesValue(_ depth: Int) -> String {
        guard depth > 0, chance(45) else {
            switch below(6) {
            case 0: return field(.bytesMap) + key() + position()
            case 1: return field(.bytesList) + position()
            default: return field(.bytes)
            }
        }
        let source = bytesValue(depth - 1)
        switch below(22) {
        case 0: return call("lower", source)
        case 1: return call("upper", source)
        case 2: return call("concat", source, quoted())
        case 3: return call("concat", quoted(), source, bytesValue(depth - 1))
        case 4: return call("url_decode", source)
        case 5: return call("substring", source, pick(["0", "-3", "2"]), pick(["-1", "5"]))
        case 6: return call("regex_replace", source, regexArgument(), quoted())
        case 7: return call("wildcard_replace", source, wildcardLiteral(), quoted())
        case 8: return call("wildcard_replace", source, wildcardLiteral(), quoted(), "\"s\"")
        case 9: return call("remove_bytes", source, quoted())
        case 10: return call("decode_base64", source)
        case 11: return call("encode_base64", source)
        case 12: return call("join", listValue(), quoted())
        case 13: return call("to_string", intValue(depth - 1))
        case 14: return call("uuidv4", "cf.random_seed")
        case 15: return call("coalesce", source, chance(50) ? quoted() : bytesValue(depth - 1))
        case 16: return call("lookup_json_string", source, quoted())
        case 17: return call("sha256", source)
        case 18: return call("remove_query_args", source, quoted())
        case 19: return listValue() + position()
        case 20: return unusual(source)
        default: return source
        }
    }

    /// Forms that the reference has and the peer does not know, and the other way round.
    mutating func unusual(_ source: String) -> String {
        switch below(12) {
        case 0: call("url_decode", source, pick(["\"r\"", "\"ur\"", "\"x\""]))
        case 1: call("substring", source, "1")
        case 2: call("to_string", pick([field(.bool), field(.ip)]))
        case 3: call("lookup_json_string", source, "\"a\"", "0")
        case 4: call("trim", source)
        case 5: call("sha512", source)
        case 6: call("hmac", source, quoted(), quoted())
        case 7: call("concat", source)
        case 8: call("lower", quoted())
        case 9: call("regex_replace", call("wildcard_replace", source, "\"a*\"", "\"b\""), "\"a\"", "\"b\"")
        case 10: call("split", source, "\",\"", pick(["0", "129"])) + "[0]"
        default: call("encode_base64", source, pick(["\"u\"", "\"x\""]))
        }
    }

    mutating func intValue(_ depth: Int) -> String {
        guard depth > 0, chance(40) else { return chance(80) ? field(.int) : field(.intMap) + key() + "[0]" }
        return switch below(6) {
        case 0: call("lookup_json_integer", bytesValue(depth - 1), quoted())
        case 1: call("coalesce", field(.int), number())
        case 2: call("len", listValue())
        case 3: field(.intList) + position()
        default: call("len", bytesValue(depth - 1))
        }
    }

    mutating func addressValue(_ depth: Int) -> String {
        guard depth > 0, chance(30) else { return field(.ip) }
        return switch below(4) {
        case 0: call("cidr6", field(.ip), pick(["48", "128", "64", "0"]))
        case 1: call("coalesce", field(.ip), address())
        default: call("cidr", field(.ip), pick(["8", "24", "32", "0"]), pick(["48", "128", "64"]))
        }
    }
}
