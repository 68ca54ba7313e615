/// Pens by number, so that a cell of a picture is small and two are compared at once, and what leads from one to another.
struct PenBook {
    typealias Number = UInt16

    /// Whether the terminal has a word for the end of each attribute.
    let switchesOff: Bool
    private var pens: [Pen] = [.plain]
    private var numbers: [Pen: Number] = [.plain: 0]
    private var sequences: [UInt32: [UInt8]] = [:]
    private var blanks: [UInt32: Number] = [:]
    /// By pen: what is seen of it on a blank, and what erasing leaves.
    private var blanked: [(written: Number, erased: Number)] = [(plain, plain)]
    /// By both numbers, as far as they are below ``few``; -1 is not known yet.
    private var costs = [Int16](repeating: -1, count: few * few)
    /// Hardly any theme has more pens on a screen.
    private static let few = 128

    static let plain: Number = 0

    init(switchesOff: Bool) { self.switchesOff = switchesOff }

    subscript(number: Number) -> Pen { pens[Int(number)] }

    /// Nil: more pens than any theme has.
    mutating func number(_ pen: Pen) -> Number? {
        if let known = numbers[pen] { return known }
        guard let number = Number(exactly: pens.count) else { return nil }
        pens.append(pen)
        numbers[pen] = number
        blanked.append((number, number))
        let (written, erased) = (Pen.plain.blanking(as: pen), pen.ground)
        if written != pen, let known = self.number(written) { blanked[Int(number)].written = known }
        if erased != pen, let known = self.number(erased) { blanked[Int(number)].erased = known }
        return number
    }

    /// What of a pen is to be seen on a blank.
    func onBlank(_ pen: Number) -> Number { blanked[Int(pen)].written }

    /// What erasing leaves of a pen: its background.
    func ground(_ pen: Number) -> Number { blanked[Int(pen)].erased }

    /// Nothing of it is to be seen on a blank but its background.
    func isGround(_ pen: Number) -> Bool { pens[Int(pen)].isGround }

    /// The pen after a blank was written as with `other`: see ``Pen/blanking(as:)``.
    mutating func blanking(_ pen: Number, as other: Number) -> Number {
        let key = UInt32(pen) << 16 | UInt32(other)
        if let known = blanks[key] { return known }
        let result = number(self[pen].blanking(as: self[other])) ?? other
        blanks[key] = result
        return result
    }

    /// How many bytes it is from one pen to another.
    mutating func cost(from old: Number, to new: Number) -> Int {
        if old == new { return 0 }
        guard old < Self.few, new < Self.few else { return sequence(from: old, to: new).count }
        let place = Int(old) * Self.few + Int(new)
        if costs[place] < 0 { costs[place] = Int16(clamping: sequence(from: old, to: new).count) }
        return Int(costs[place])
    }

    /// The bytes from one pen to another.
    mutating func sequence(from old: Number, to new: Number) -> [UInt8] {
        if old == new { return [] }
        let key = UInt32(old) << 16 | UInt32(new)
        if let known = sequences[key] { return known }
        let result = self[new].sequence(from: self[old], switchesOff: switchesOff)
        sequences[key] = result
        return result
    }
}
