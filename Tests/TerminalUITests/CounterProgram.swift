@testable import TerminalUI

/// The smallest program that uses everything a runner does.
enum CounterProgram: Program {
    struct Model: Sendable {
        var count = 0
        var size = TerminalSize(columns: 20, rows: 2)
        var words: [String] = []
        var wakeAt: Instant?
    }

    enum Message: Sendable, Equatable {
        case input(InputEvent)
        case add(Int)
        case copied(ClipboardReceipt)
    }

    enum Effect: Sendable, Equatable {
        case load(Int)
        case feed
    }

    static func input(_ event: InputEvent) -> Message { .input(event) }
    static func copied(_ receipt: ClipboardReceipt) -> Message { .copied(receipt) }
    static func theme(_ model: Model) -> ResolvedTheme { .plain(.mono) }
    static func wakeUp(_ model: Model, at now: Instant) -> Instant? { model.wakeAt.flatMap { $0 > now ? $0 : nil } }

    static func update(_ model: inout Model, _ message: Message, at now: Instant) -> [Command<Effect, Message>] {
        switch message {
        case .input(.resize(let size)): model.size = size
        case .input(.key(let key)):
            model.words.append(key.name)
            switch key.name {
            case "l": return [.run(.load(1), id: "load")]
            case "f": return [.follow(.feed, id: "feed")]
            case "t": return [.after(milliseconds: 500, .add(10), id: "timer")]
            case "x": return [.cancel("timer"), .cancel("load"), .cancel("feed")]
            case "y": return [.copy("words")]
            case "e": return [.outside(.load(100))]
            case "q": return [.quit(status: 7)]
            case "w": model.wakeAt = now.adding(1000)
            default: break
            }
        case .input(.terminated): return [.quit(status: 143)]
        case .add(let more): model.count += more
        case .copied(let receipt): model.words.append("\(receipt)")
        case .input: break
        }
        return []
    }

    static func view(_ model: Model, at now: Instant) -> Frame {
        var surface = Surface(model.size)
        surface.put("count \(model.count)", at: Point(0, 0))
        let old = model.wakeAt.map { now >= $0 } ?? false
        surface.put("\(untrusted: (model.words + (old ? ["old"] : [])).joined(separator: " "))", at: Point(0, 1))
        return Frame(surface)
    }
}

/// Loads answer at once; a feed goes on until it is cancelled.
struct CounterHandler: EffectHandler {
    func run(_ effect: CounterProgram.Effect, _ send: @escaping @Sendable (CounterProgram.Message) -> Void) async {
        switch effect {
        case .load(let amount): send(.add(amount))
        case .feed:
            for _ in 0..<1000 { send(.add(1)) }
            let (stream, _) = AsyncStream.makeStream(of: Void.self)
            for await _ in stream {}
            send(.add(1_000_000))
        }
    }
}
