/// Makes a picture's bytes fewer: colours and attributes are said when something is written with them, and of them only
/// what differs from what was said before.
///
/// curses names foreground and background at every change of a pair, begins anew wherever an attribute ends, and gives
/// blanks colours that nobody sees: most of a whole screen was that. What else it sends goes through as it is and in
/// its order, and a terminal that is told of attributes in another way than ECMA-48's sees no difference.
package struct TerseOutput: Sendable {
    /// Each attribute can be switched off alone: 22 to 29, 39 and 49.
    private let switchesOff: Bool
    /// What the terminal writes with; nil: not known.
    private var sent: Pen?
    /// What it should write with from here on.
    private var wanted = Pen.plain
    /// Both, as they were when the cursor was saved.
    private var saved: (sent: Pen?, wanted: Pen) = (nil, .plain)
    /// Other characters than the usual ones are switched on.
    private var isShifted = false
    private var output: [UInt8] = []

    package init(switchesOff: Bool) { self.switchesOff = switchesOff }

    /// Nothing is known any more of what the terminal writes with.
    package mutating func forget() { (sent, saved.sent) = (nil, nil) }

    /// The shorter bytes of a picture. After them the terminal writes with what curses believes that it does.
    package mutating func shortened(_ bytes: [UInt8]) -> [UInt8] {
        output = []
        output.reserveCapacity(bytes.count / 2)
        var rest = bytes[...]
        while let byte = rest.first {
            switch byte {
            case 0x1B: escape(&rest)
            case 0x20:
                let blanks = rest.prefix { $0 == 0x20 }
                writeBlanks()
                pass(blanks.count, of: &rest)
            case 0x0A:
                // In the last line it scrolls, and a blank line comes in.
                writeBlanks()
                pass(1, of: &rest)
            case 0x0E: shift(1, of: &rest)
            case 0x0F: unshift(1, of: &rest)
            case 0..<0x20: pass(1, of: &rest)
            default:
                let text = rest.prefix { $0 > 0x20 }
                write(wanted)
                pass(text.count, of: &rest)
            }
        }
        write(wanted)
        return output
    }

    private mutating func escape(_ rest: inout ArraySlice<UInt8>) {
        let after = rest.dropFirst()
        switch after.first {
        case UInt8(ascii: "["):
            let parameters = after.dropFirst().prefix { !(0x40...0x7E).contains($0) }
            if let last = after.dropFirst(1 + parameters.count).first {
                control(parameters, last, &rest)
            } else {
                pass(rest.count, of: &rest)
            }
        case UInt8(ascii: "]"):
            let text = after.dropFirst().prefix { $0 != 0x07 && $0 != 0x1B }
            let isEnded = after.dropFirst(1 + text.count).first == 0x07
            pass(2 + text.count + (isEnded ? 1 : 0), of: &rest)
        case UInt8(ascii: "("):
            if after.dropFirst().first == UInt8(ascii: "B") { unshift(3, of: &rest) } else { shift(3, of: &rest) }
        case UInt8(ascii: "7"):
            saved = (sent, wanted)
            pass(2, of: &rest)
        case UInt8(ascii: "8"):
            (sent, wanted) = saved
            pass(2, of: &rest)
        case UInt8(ascii: "D"), UInt8(ascii: "E"), UInt8(ascii: "M"):
            // Moves that may scroll.
            writeBlanks()
            pass(2, of: &rest)
        default: pass(2 + after.prefix { (0x20...0x2F).contains($0) }.count, of: &rest)
        }
    }

    /// - Parameters:
    ///   - parameters: of the control sequence that `rest` begins with.
    ///   - last: the byte behind them.
    private mutating func control(_ parameters: ArraySlice<UInt8>, _ last: UInt8, _ rest: inout ArraySlice<UInt8>) {
        switch last {
        case UInt8(ascii: "m") where parameters.allSatisfy({ (0x30...0x3B).contains($0) }):
            // What is neither colour nor attribute, as a font, is said at once.
            for word in wanted.take(parameters) { output += Array("\u{1B}[".utf8) + word + Array("m".utf8) }
            rest = rest.dropFirst(parameters.count + 3)
        case UInt8(ascii: "@"), UInt8(ascii: "J"), UInt8(ascii: "K"), UInt8(ascii: "L"), UInt8(ascii: "M"),
            UInt8(ascii: "P"), UInt8(ascii: "S"), UInt8(ascii: "T"), UInt8(ascii: "X"):
            // What erases, inserts, deletes or scrolls leaves blanks.
            writeBlanks()
            pass(parameters.count + 3, of: &rest)
        default: pass(parameters.count + 3, of: &rest)
        }
    }

    // MARK: writing

    private mutating func write(_ pen: Pen) {
        output += pen.sequence(from: sent, switchesOff: switchesOff)
        sent = pen
    }

    private mutating func writeBlanks() { write((sent ?? .plain).blanking(as: wanted)) }

    private mutating func pass(_ count: Int, of rest: inout ArraySlice<UInt8>) {
        output += rest.prefix(count)
        rest = rest.dropFirst(count)
    }

    private mutating func shift(_ count: Int, of rest: inout ArraySlice<UInt8>) {
        isShifted = true
        pass(count, of: &rest)
    }

    /// Leaves out the word for the usual characters where they are on already.
    private mutating func unshift(_ count: Int, of rest: inout ArraySlice<UInt8>) {
        if isShifted || sent == nil { output += rest.prefix(count) }
        isShifted = false
        rest = rest.dropFirst(count)
    }
}
