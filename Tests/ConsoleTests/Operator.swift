import Synchronization
import TerminalUI

@testable import Console

/// Somebody at the console: presses keys, waits until nothing is left to do, looks.
struct Operator {
    var simulator: Simulator<Console>
    let handler: ConsoleHandler

    /// Keys, each followed by all that it leads to.
    mutating func press(_ keys: String) async throws {
        for key in keys.split(separator: " ") {
            try simulator.press(String(key))
            await simulator.settle(handler)
        }
    }

    mutating func type(_ text: String) async {
        simulator.type(text)
        await simulator.settle(handler)
    }

    mutating func wait(_ milliseconds: Int64) async {
        simulator.advance(milliseconds: milliseconds)
        await simulator.settle(handler)
    }

    var screen: String { simulator.text }
    var rows: [AccessNode] { simulator.access.first(.table)?.children ?? [] }
    var selected: String? { rows.first(where: \.isSelected)?.label.string }
    /// What stands first in each row.
    var labels: [String] { rows.map(\.label.string) }
    var dialog: AccessNode? { simulator.access.first(.dialog) }
    /// What is said at the foot of the screen.
    var message: String {
        simulator.access.flat.filter { $0.kind == .toast }.map { "\($0.label.string)  \($0.value.string)" }
            .joined(separator: "\n")
    }

    /// The first of these that the screen shows.
    func first(_ words: [String]) -> String? {
        screen.split(separator: "\n").lazy.compactMap { line in words.first { line.contains($0) } }.first
    }

    /// The line that has it.
    func row(_ text: String) -> String {
        screen.split(separator: "\n").first { $0.contains(text) }.map { String($0) } ?? ""
    }
}

/// What a closure leaves for the test around it.
final class Box: Sendable {
    private let text: Mutex<String>
    init(_ text: String) { self.text = Mutex(text) }
    func set(_ value: String) { text.withLock { $0 = value } }
    var value: String { text.withLock(\.self) }
}
