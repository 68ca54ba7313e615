internal import Dispatch
internal import Foundation
internal import Synchronization

/// Calls back for signals that ask the process to stop, as long as it is not cancelled.
final class StopSignals: Sendable {
    private let sources: Mutex<[any DispatchSourceSignal]>
    private let numbers: [Int32]

    init(_ numbers: [Int32], _ stop: @escaping @Sendable () -> Void) {
        self.numbers = numbers
        // A source only watches; what the signal does by default must be switched off beside it.
        for number in numbers { signal(number, SIG_IGN) }
        sources = Mutex(
            numbers.map { number in
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler(handler: stop)
                source.activate()
                return source
            })
    }

    func cancel() {
        sources.withLock { sources in
            for source in sources { source.cancel() }
            sources = []
        }
        for number in numbers { signal(number, SIG_DFL) }
    }
}
