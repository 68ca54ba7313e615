import TestKit
import Testing

@testable import TerminalUI

@Suite("Runner")
struct RunnerTests {
    private func withRunner(
        _ model: CounterProgram.Model = .init(),
        _ body: @escaping (RecordingTerminal, Runner<CounterProgram, CounterHandler>) async throws -> Void
    ) async throws -> Int32 {
        let terminal = RecordingTerminal()
        let runner = Runner<CounterProgram, CounterHandler>(
            model, terminal: terminal, handler: CounterHandler(), clock: .monotonic())
        async let status = runner.run()
        do { try await body(terminal, runner) } catch {
            terminal.release()
            terminal.hangUp()
            _ = await status
            throw error
        }
        return await status
    }

    @Test func aKeyIsPaintedAndQuitEndsWithItsStatus() async throws {
        let status = try await withRunner { terminal, _ in
            terminal.press("l")
            try await eventually { terminal.lastText.hasPrefix("count 1") }
            terminal.press("q")
        }
        #expect(status == 7)
    }

    @Test func aBurstIsOneFrameOnASlowTerminal() async throws {
        _ = try await withRunner { terminal, runner in
            terminal.press("a")
            try await eventually("a first frame") { terminal.lastText.contains("a") }
            terminal.slow(true)
            terminal.press("b")
            try await eventually("a frame on its way") { terminal.state.gate.count == 1 }
            let (frames, messages) = (terminal.state.frames.count, await runner.statistics.messages)
            for _ in 0..<200 { runner.send(.add(1)) }
            try await eventually("all messages") { await runner.statistics.messages >= messages + 200 }
            #expect(terminal.state.frames.count == frames)
            terminal.release()
            try await eventually("the next frame") { terminal.state.gate.count == 1 }
            #expect(terminal.state.frames.count == frames + 1 && terminal.lastText.hasPrefix("count 200"))
            terminal.slow(false)
            terminal.release()
            terminal.press("q")
        }
    }

    @Test func anIdleRunnerIsNotWoken() async throws {
        _ = try await withRunner { terminal, runner in
            terminal.press("f")
            try await eventually { terminal.lastText.hasPrefix("count 1000") }
            let before = await runner.statistics
            #expect(await runner.inFlight == 0)
            // Bells that are already rung are answered; after them none rings, however often others get a turn.
            for _ in 0..<2000 { await Task.yield() }
            let after = await runner.statistics
            #expect(after.frames == before.frames)
            #expect(after.wakeUps <= before.wakeUps + 2)
            terminal.press("q")
        }
    }

    @Test func cancelledWorkEndsBeforeTheRunnerReturns() async throws {
        let status = try await withRunner { terminal, runner in
            terminal.press("f")
            try await eventually { terminal.lastText.hasPrefix("count 1000") }
            terminal.press("x")
            // The feed's last word after its cancellation.
            try await eventually { terminal.lastText.hasPrefix("count 1001000") }
            terminal.press("y")
            try await eventually { terminal.state.copies == ["words"] }
            terminal.press("e")
            try await eventually { terminal.lastText.hasPrefix("count 1001100") }
            #expect(terminal.state.outside == 1)
            terminal.hangUp()
        }
        #expect(status == 129)
    }

    @Test func aPictureThatAgesIsDrawnAgain() async throws {
        _ = try await withRunner { terminal, _ in
            terminal.press("w")
            try await eventually { terminal.lastText.contains("w") }
            try await eventually { terminal.lastText.contains("old") }
            terminal.press("q")
        }
    }

    @Test func whatLooksTheSameIsNotShownTwice() async throws {
        _ = try await withRunner { terminal, runner in
            terminal.press("a")
            try await eventually { terminal.lastText.contains("a") }
            let frames = terminal.state.frames.count
            // Their messages change nothing that is to be seen.
            for _ in 0..<20 { runner.send(.add(0)) }
            let messages = await runner.statistics.messages
            try await eventually { await runner.statistics.messages >= messages }
            terminal.press("b")
            try await eventually { terminal.lastText.contains("b") }
            #expect(terminal.state.frames.count == frames + 1)
            terminal.press("q")
        }
    }
}
