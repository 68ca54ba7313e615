/// Reads a pattern of Rust's dialect (Unicode off) and writes it for RE2 (Latin-1), from left to right.
///
/// What both engines read alike is copied, so that most patterns come out as they went in.
struct RegexTranslator {
    typealias Problem = RegexDialect.Problem

    struct Flags {
        var ignoresCase = false
        var ignoresSpace = false
    }

    let pattern: [Unicode.Scalar]
    var index = 0
    private(set) var output: [UInt8] = []
    var flags = Flags()
    /// Of each open group the flags before it and where it begins in the output.
    private var groups: [(flags: Flags, start: Int)] = []
    private var names: Set<String> = []
    /// Where the last repeatable part begins in the output; nil when there is none.
    private var atom: Int?
    /// The last part is more than one item for RE2, or already repeated: another repetition needs a group.
    private var atomNeedsGroup = false

    static func translate(_ pattern: [UInt8]) throws(Problem) -> [UInt8] {
        let text = String(decoding: pattern, as: UTF8.self)
        guard text.utf8.elementsEqual(pattern) else { throw Problem(message: "a pattern must be UTF-8") }
        var translator = RegexTranslator(pattern: Array(text.unicodeScalars))
        try translator.run()
        return translator.output
    }

    private init(pattern: [Unicode.Scalar]) {
        self.pattern = pattern
        output.reserveCapacity(pattern.count + 8)
    }

    // MARK: cursor and output

    var current: Unicode.Scalar? { index < pattern.count ? pattern[index] : nil }

    func scalar(at place: Int) -> Unicode.Scalar? { place < pattern.count ? pattern[place] : nil }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        index += 1
        return true
    }

    /// White space and comments, where a flag makes them mean nothing.
    mutating func skipSpace() {
        guard flags.ignoresSpace else { return }
        while let scalar = current {
            if scalar.properties.isWhitespace {
                index += 1
            } else if scalar == "#" {
                while let scalar = current, scalar != "\n" {
                    _ = scalar
                    index += 1
                }
            } else {
                return
            }
        }
    }

    mutating func put(_ text: String) { output.append(contentsOf: text.utf8) }

    func problem(_ message: String, _ remedy: String? = nil) -> Problem { Problem(message: message, remedy: remedy) }

    func unsupported(_ message: String, _ remedy: String? = nil) -> Problem {
        Problem(message: message, remedy: remedy, isOfEdge: true)
    }

    // MARK: grammar

    private mutating func run() throws(Problem) {
        while true {
            skipSpace()
            guard let scalar = current else { break }
            switch scalar {
            case "(": try open()
            case ")": try close()
            case "|":
                index += 1
                put("|")
                atom = nil
            case "[": try bracket()
            case "*", "+", "?":
                index += 1
                try repetition(String(scalar))
                if take("?") { put("?") }
            case "{": try countedRepetition()
            case ".", "^", "$":
                index += 1
                set(atom: output.count)
                put(String(scalar))
            case "\\": try escaped()
            default:
                index += 1
                literal(scalar, copying: true)
            }
        }
        if !groups.isEmpty { throw problem("a group is not closed", "add ) or write \\( for the character") }
    }

    mutating func set(atom start: Int, needsGroup: Bool = false) {
        atom = start
        atomNeedsGroup = needsGroup
    }

    /// A character that stands for itself. One beyond ASCII is several bytes, of which none has another case.
    private mutating func literal(_ scalar: Unicode.Scalar, copying: Bool = false) {
        let start = output.count
        let bytes = Array(String(scalar).utf8)
        if bytes.count > 1 {
            if flags.ignoresCase { put("(?-i:") }
            for byte in bytes { put(Self.beyondASCII(byte)) }
            if flags.ignoresCase { put(")") }
            set(atom: start, needsGroup: !flags.ignoresCase)
            return
        }
        set(atom: start)
        if !copying, "\\.+*?()|[]{}^$".utf8.contains(bytes[0]) { put("\\") }
        output.append(contentsOf: bytes)
    }

    mutating func byte(_ byte: UInt8) {
        set(atom: output.count)
        let isBeyondASCII = byte >= 0x80
        let text = isBeyondASCII ? Self.beyondASCII(byte) : Self.hexadecimal(byte)
        put(flags.ignoresCase && isBeyondASCII ? "(?-i:\(text))" : text)
        atomNeedsGroup = isBeyondASCII && !flags.ignoresCase
    }

    /// A byte as RE2 keeps it. Out of alternatives that begin alike it takes what they share, and writes bytes beyond
    /// ASCII in that as UTF-8 (2022-06-01; seen with `é|ü`, which matched nothing). A repetition is not taken out so.
    private static func beyondASCII(_ byte: UInt8) -> String { hexadecimal(byte) + "{1}" }

    static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
    }

    // MARK: groups

    private mutating func open() throws(Problem) {
        index += 1
        skipSpace()
        for opening in ["?=", "?!", "?<=", "?<!"] where lookingAt(opening) {
            throw problem(
                "look-around is not supported", "use two conditions joined with and, or not")
        }
        let start = output.count
        let before = flags
        if lookingAt("?P<") || lookingAt("?<") {
            index += lookingAt("?P<") ? 3 : 2
            try name()
            put("(")
        } else if take("?") {
            guard try flagGroup() else {
                // Flags for the rest of the enclosing group: nothing that could be repeated.
                atom = nil
                return
            }
        } else {
            put("(")
        }
        groups.append((before, start))
        atom = nil
    }

    private func lookingAt(_ text: String) -> Bool {
        text.unicodeScalars.enumerated().allSatisfy { scalar(at: index + $0.offset) == $0.element }
    }

    private mutating func close() throws(Problem) {
        guard let group = groups.popLast() else {
            throw problem("a group is closed that was not opened", "write \\) for the character")
        }
        index += 1
        put(")")
        flags = group.flags
        set(atom: group.start)
    }

    private mutating func name() throws(Problem) {
        var name = ""
        while let scalar = current, scalar != ">" {
            let isLetter = scalar == "_" || scalar.properties.isAlphabetic
            let isLater =
                !name.isEmpty && (".[]".unicodeScalars.contains(scalar) || scalar.properties.numericType != nil)
            guard isLetter || isLater else { throw problem("a group's name has a character that it cannot have") }
            name.unicodeScalars.append(scalar)
            index += 1
        }
        guard take(">") else { throw problem("a group's name is not closed", "end it with >") }
        guard !name.isEmpty else { throw problem("a group's name is empty") }
        guard names.insert(name).inserted else { throw problem("two groups have the same name") }
    }

    /// `i-s` and so on. Returns whether a group follows; without one the flags hold for the rest of this group.
    private mutating func flagGroup() throws(Problem) -> Bool {
        var seen: Set<Unicode.Scalar> = []
        var isNegated = false
        var kept = (on: "", off: "")
        var changed = flags
        var last: Unicode.Scalar?
        while let scalar = current, scalar != ":", scalar != ")" {
            index += 1
            skipSpace()
            if scalar == "-" {
                guard !isNegated else { throw problem("flags are negated twice") }
                isNegated = true
            } else {
                guard seen.insert(scalar).inserted else { throw problem("a flag is given twice") }
                switch scalar {
                case "i": changed.ignoresCase = !isNegated
                case "x": changed.ignoresSpace = !isNegated
                case "m", "s", "U": break
                case "u", "R":
                    if isNegated { break }
                    throw unsupported(
                        scalar == "u"
                            ? "patterns match bytes here; Unicode mode is not supported"
                            : "the flag R is not supported", scalar == "R" ? "write \\r?$" : nil)
                default: throw problem("unknown flag in a pattern")
                }
                if ["i", "m", "s", "U"].contains(scalar) {
                    if isNegated { kept.off += String(scalar) } else { kept.on += String(scalar) }
                }
            }
            last = scalar
        }
        guard current != nil else { throw problem("a group is not closed") }
        guard last != "-" else { throw problem("a minus without a flag") }
        let isGroup = take(":")
        if !isGroup {
            index += 1
            guard last != nil else {
                throw problem("a repetition has nothing to repeat", "write \\? for the character")
            }
        }
        flags = changed
        let text = kept.on + (kept.off.isEmpty ? "" : "-" + kept.off)
        if isGroup { put("(?\(text):") } else if !text.isEmpty { put("(?\(text))") }
        return isGroup
    }

    // MARK: repetitions

    private mutating func repetition(_ text: String) throws(Problem) {
        guard let start = atom else {
            throw problem("a repetition has nothing to repeat", "write \\\(text.prefix(1)) for the character")
        }
        if atomNeedsGroup {
            output.insert(contentsOf: Array("(?:".utf8), at: start)
            put(")")
        }
        put(text)
        atomNeedsGroup = true
    }

    /// Most repetitions that RE2 counts.
    private static let mostRepetitions: UInt32 = 1_000

    private mutating func countedRepetition() throws(Problem) {
        guard atom != nil else { throw problem("a repetition has nothing to repeat", "write \\{ for the character") }
        index += 1
        let first = try decimal()
        var last: UInt32? = first
        if take(",") {
            last = nil
            skipSpace()
            if current != "}" { last = try decimal() }
        }
        guard take("}") else { throw problem("a counted repetition is not closed", "write \\{ for the character") }
        if let last, last < first { throw problem("a repetition ends before it begins", "swap its ends") }
        guard max(first, last ?? 0) <= Self.mostRepetitions else {
            throw unsupported(
                "at most \(Self.mostRepetitions) repetitions are supported", "write fewer, or ask for len(FIELD) too")
        }
        skipSpace()
        try repetition(last == first ? "{\(first)}" : "{\(first),\(last.map { "\($0)" } ?? "")}")
        if take("?") { put("?") }
    }

    private mutating func decimal() throws(Problem) -> UInt32 {
        while let scalar = current, scalar.properties.isWhitespace {
            _ = scalar
            index += 1
        }
        var digits = ""
        while let scalar = current, scalar.isASCII, ASCII.isDigit(UInt8(scalar.value)) {
            digits.unicodeScalars.append(scalar)
            index += 1
            skipSpace()
        }
        while let scalar = current, scalar.properties.isWhitespace {
            _ = scalar
            index += 1
        }
        guard let number = UInt32(digits) else {
            throw problem("a counted repetition needs numbers: {2}, {2,} or {2,5}", "write \\{ for the character")
        }
        return number
    }

    // MARK: escapes outside of classes

    private mutating func escaped() throws(Problem) {
        let start = index
        switch try escape() {
        case .scalar(let scalar): literal(scalar)
        case .byte(let value): byte(value)
        case .copied(let scalar):
            set(atom: output.count)
            put("\\\(scalar)")
        case .set(let members, let scalar):
            set(atom: output.count)
            // RE2's \s leaves out the vertical tab.
            put(scalar == "s" || scalar == "S" ? Self.text(of: members) : "\\\(scalar)")
        case .assertion(let scalar):
            guard scalar != "<", scalar != ">" else {
                throw unsupported("\\\(scalar) is not supported", "write \\b")
            }
            if scalar == "b" { try refuseSpecialBoundary() }
            set(atom: output.count, needsGroup: true)
            put("\\\(scalar)")
        }
        assert(index > start)
    }

    /// `\b{start}` and its kin; `\b{2}` is a repetition.
    private mutating func refuseSpecialBoundary() throws(Problem) {
        guard current == "{" else { return }
        var end = index + 1
        while flags.ignoresSpace, let scalar = scalar(at: end), scalar.properties.isWhitespace { end += 1 }
        let isWord = { (scalar: Unicode.Scalar) in scalar == "-" || scalar.isASCII && scalar.properties.isAlphabetic }
        guard let first = scalar(at: end) else { throw problem("a repetition is not closed") }
        guard isWord(first) else { return }
        var word = ""
        while let scalar = scalar(at: end), isWord(scalar) {
            word.unicodeScalars.append(scalar)
            end += 1
        }
        guard scalar(at: end) == "}", ["start", "end", "start-half", "end-half"].contains(word) else {
            throw problem("unknown kind of word boundary")
        }
        throw unsupported("\\b{\(word)} is not supported", "write \\b")
    }
}
