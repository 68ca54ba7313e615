import Dispatch
import Glibc
import Synchronization
import TestKit

/// Ends the run in an orderly way when it is interrupted or takes too long: leaving by `exit` is what ends the programs
/// that were started.
enum Interruption {
    /// Sources work for as long as somebody holds them.
    private struct Held: @unchecked Sendable {
        let source: any DispatchSourceProtocol
    }

    private static let sources = Mutex<[Held]>([])

    /// A benchmark of ours that measures meanwhile.
    private static let measuring = Mutex<ChildProcess?>(nil)

    /// It is to end in an orderly way too; nil: nobody measures any more.
    static func passOn(to child: ChildProcess?) { measuring.withLock { $0 = child } }

    /// What the measuring one started would outlive it if it was killed.
    private static func leave(_ status: Int32) {
        guard let child = measuring.withLock(\.self) else { exit(status) }
        Task {
            await child.terminate()
            exit(status)
        }
    }

    static func install(limit seconds: Int) {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { leave(128 + number) }
            source.resume()
            keep(source)
        }
        let timer = DispatchSource.makeTimerSource(queue: .global())
        timer.schedule(deadline: .now() + .seconds(seconds))
        timer.setEventHandler {
            Progress.say("given up after \(seconds) s")
            leave(124)
        }
        timer.resume()
        keep(timer)
    }

    private static func keep(_ source: any DispatchSourceProtocol) {
        let held = Held(source: source)
        sources.withLock { $0.append(held) }
    }
}

/// What goes on, on standard error, so that standard output holds the report alone.
enum Progress {
    static func say(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
