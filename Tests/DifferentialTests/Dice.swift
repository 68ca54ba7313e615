import TestKit

/// Random choices, the same ones for the same seed.
struct Dice {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// Everything drawn from now on belongs to a stream of its own, so that one part can draw more without moving
    /// what the others draw.
    mutating func fork() -> Dice { Dice(seed: generator.next()) }

    mutating func pick<T>(_ list: [T]) -> T { list[number(0...(list.count - 1))] }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    /// True `share` times in a hundred.
    mutating func chance(_ share: Int) -> Bool { number(0...99) < share }

    /// Some of a list, in its order.
    mutating func some<T>(of list: [T], share: Int) -> [T] {
        var chosen: [T] = []
        for element in list where chance(share) { chosen.append(element) }
        return chosen
    }

    mutating func shuffled<T>(_ list: [T]) -> [T] { list.shuffled(using: &generator) }
}
