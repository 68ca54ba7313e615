/// Colour pairs as they are needed: curses draws in numbered pairs, of which a terminal has 64 to 65,536.
package struct PairTable: Sendable {
    package struct Colors: Sendable, Hashable {
        package let foreground: Int
        package let background: Int

        package init(foreground: Int, background: Int) {
            self.foreground = foreground
            self.background = background
        }
    }

    package enum Answer: Sendable, Equatable {
        /// Pair 0, the terminal's own colours.
        case standard
        case known(Int)
        /// A number that must be defined before it is used.
        case new(Int)
        /// No number is left: draw with attributes alone.
        case full
    }

    private var numbers: [Colors: Int] = [:]
    /// Pairs of the terminal, the standard one among them.
    package let capacity: Int

    package init(capacity: Int) { self.capacity = capacity }

    package mutating func number(for colors: Colors) -> Answer {
        if colors.foreground < 0 && colors.background < 0 { return .standard }
        if let number = numbers[colors] { return .known(number) }
        let number = numbers.count + 1
        guard number < capacity else { return .full }
        numbers[colors] = number
        return .new(number)
    }

    package var isFull: Bool { numbers.count + 1 >= capacity }

    package mutating func forget() { numbers = [:] }
}
