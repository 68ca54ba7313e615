extension ParserRun {
    /// After a fault: on to the next operator or closing parenthesis of this level, past strings, sets and parentheses.
    ///
    /// - Parameter open: parentheses to leave first.
    mutating func skipToBoundary(leaving open: Int = 0) {
        var level = open
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                skipQuoted()
                continue
            case UInt8(ascii: "r") where atRawString:
                // Without an end it is noted, and the text ends with it.
                _ = try? rawString()
                continue
            case UInt8(ascii: "("): level += 1
            case UInt8(ascii: ")"):
                if level == 0 { return }
                level -= 1
            default:
                if level == 0, atCombiningWord() { return }
                if ASCII.isNameByte(byte) {
                    position = wordEnd(from: position)
                    continue
                }
            }
            position += 1
        }
    }

    /// `AND` or a lone `&` is noted already; what it was to join is looked at all the same.
    mutating func miswrittenOperator() -> Node.CombiningOperator? {
        let end = wordEnd(from: position)
        let word = String(decoding: text[position..<end], as: UTF8.self)
        guard Self.capitals.contains(word) || word == "&" || word == "|" else { return nil }
        let operation: Node.CombiningOperator
        switch word.lowercased() {
        case "and", "&": operation = .and
        case "or", "|": operation = .or
        case "xor": operation = .xor
        default: return nil
        }
        position = end
        return operation
    }

    private func atCombiningWord() -> Bool {
        if lookingAt("&&") || lookingAt("||") || lookingAt("^^") { return true }
        guard lookingAt("and") || lookingAt("or") || lookingAt("xor") else { return false }
        return [2, 3].contains(wordEnd(from: position) - position)
    }

    private mutating func skipQuoted() {
        position += 1
        while let byte = current, byte != UInt8(ascii: "\"") {
            position = min(position + (byte == UInt8(ascii: "\\") ? 2 : 1), text.count)
        }
        _ = take("\"")
    }
}
