import ControlPlane
import EdgeModel
import EdgePlan
import Synchronization
import TerminalUI
import TestKit
import Testing

@testable import Console

/// The whole console under whatever comes: keys, sizes, hostile pictures, answers that nobody waits for.
struct ConsoleFuzzTests {
    private static let evil = [
        "\u{1B}]52;c;aGk=\u{07}", "\u{1B}[2J", "\u{9B}31m", "\u{202E}live", "a\r\nb", "\u{0}", "漢字", "e\u{301}\u{301}",
        "👨‍👩‍👧", "\u{7F}", "\u{2028}", String(repeating: "w", count: 300), "\t", "",
    ]
    private static let keys: [KeyPress] =
        Keys.map.bindings.flatMap(\.sequences).flatMap(\.presses)
        + ["Tab", "Backspace", "Delete", "F5", "Alt-x", "r", "w", "f", "y", "é", "漢", "Ctrl-C"].compactMap {
            KeyPress($0)
        }

    private func text(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...3, using: &random)).compactMap { _ in Self.evil.randomElement(using: &random) }
            .joined(separator: "x")
    }

    private func live(_ random: inout SeededGenerator) -> LivePicture {
        let counts = TrafficCounts(
            requests: Int.random(in: 0...90_000, using: &random),
            statusClasses: [0, 4, 3, 2, Int.random(in: 0...9, using: &random)])
        return LivePicture(
            at: Timestamp(milliseconds: Int64.random(in: 0...4_000_000_000_000, using: &random)),
            figures: TrafficSubject.Kind.allCases.map { kind in
                LiveFigures(
                    TrafficSubject(kind, text(&random)), counts: counts,
                    perSecond: Double.random(in: 0...1e7, using: &random),
                    age: Int64.random(in: 0...1 << 40, using: &random),
                    isStale: Bool.random(using: &random))
            }, nodes: [],
            failing: (0..<5).map { _ in
                FailingRequest(
                    at: Timestamp(milliseconds: Int64.random(in: 0...4_000_000_000_000, using: &random)),
                    method: text(&random), host: text(&random), path: text(&random),
                    status: Int.random(in: 0...999, using: &random), flags: text(&random), version: text(&random))
            })
    }

    private func message(_ random: inout SeededGenerator, _ console: Operator) -> Console.Message {
        let problem = Problem(at: text(&random), text(&random), remedy: text(&random), details: [text(&random)])
        switch Int.random(in: 0..<14, using: &random) {
        case 0: return .outcome(.live(nil))
        case 1: return .outcome(.live(live(&random)))
        case 2: return .outcome(.stateChanged)
        case 3: return .outcome(.picture(.failure(problem)))
        case 4: return .outcome(.history(.failure(problem)))
        case 5:
            let start = Timestamp(milliseconds: 1_800_000_000_000)
            let records = (0..<30).map { index in
                TrafficRecord(
                    TrafficBucket(containing: start.advanced(byMilliseconds: Int64(index) * 10_000)),
                    TrafficSubject(.version, text(&random)), TrafficCounts(requests: index))
            }
            return .outcome(
                .history(
                    .success(
                        TrafficHistory(
                            of: .version, records, from: start, to: start.advanced(byMilliseconds: 300_000)))))
        case 6: return .outcome(.content(console.simulator.model.screen.place, .failure(problem)))
        case 7: return .outcome(.planned(ChangeDialog.Token(Int.random(in: 0...9, using: &random)), .failure(problem)))
        case 8: return .outcome(.applied(ChangeDialog.Token(Int.random(in: 0...9, using: &random)), .failure(problem)))
        case 9:
            return .outcome(
                .ran(
                    [text(&random)], "command.1",
                    CommandAnswer(
                        status: Int32.random(in: 0...255, using: &random), output: text(&random), errors: text(&random))
                ))
        case 10: return .copied(.sent(bytes: 3))
        case 11: return .tick
        case 12: return .input(.focus(Bool.random(using: &random)))
        default: return .input(.paste(text(&random)))
        }
    }

    @Test func whateverComesTheScreenStaysWhole() async throws {
        var random = SeededGenerator.announced("the whole console")
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: text(&random), path: "/draft")
        for round in 0..<4 {
            shift.traffic.withLock { $0 = round.isMultiple(of: 2) ? [figures("shop", 2, failing: 50)] : nil }
            var console = try await shift.operatorAt(
                size: TerminalSize(
                    columns: Int.random(in: 40...160, using: &random), rows: Int.random(in: 10...50, using: &random)))
            for _ in 0..<120 where console.simulator.status == nil {
                switch Int.random(in: 0..<10, using: &random) {
                case 0: await console.wait(Int64.random(in: 1...70_000, using: &random))
                case 1:
                    console.simulator.send(
                        event: .resize(
                            TerminalSize(
                                columns: Int.random(in: 0...200, using: &random),
                                rows: Int.random(in: 0...60, using: &random))))
                case 2, 3: console.simulator.send(message(&random, console))
                default:
                    guard let key = Self.keys.randomElement(using: &random) else { continue }
                    console.simulator.send(event: .key(key))
                }
                // Not always: answers come late, and others in between.
                if Bool.random(using: &random) { await console.simulator.settle(console.handler) }
                let frame = console.simulator.frame
                #expect(frame.cursor.map { frame.surface.bounds.contains($0) } ?? true)
                #expect(frame.surface.cells.count == frame.surface.size.columns * frame.surface.size.rows)
                let isClean = frame.surface.cells.allSatisfy { cell in
                    (0..<cell.glyph.count).allSatisfy { index in
                        let scalar = cell.glyph[index]
                        return scalar >= 0x20 && scalar != 0x7F && !(0x80...0x9F).contains(scalar) && scalar != 0x202E
                            && scalar != 0x2028
                    }
                }
                #expect(isClean)
                #expect(
                    Console.wakeUp(console.simulator.model, at: console.simulator.now).map {
                        $0 > console.simulator.now
                    } ?? true)
            }
        }
    }
}
