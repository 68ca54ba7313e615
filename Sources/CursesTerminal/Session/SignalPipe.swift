import CTerminal
import Glibc

/// Signals as bytes that poll(2) waits for: nothing but a write is safe in their handler.
struct SignalPipe {
    let readEnd: Int32
    private let writeEnd: Int32

    init() throws(TerminalOpenFailure) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .system("pipe", errno) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    func begin() { ct_signals_catch(writeEnd) }

    /// Signals since the last call, in their order.
    func take() -> [Int32] {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(readEnd, &bytes, bytes.count)
        return count > 0 ? bytes[..<count].map { Int32($0) } : []
    }

    func close() {
        ct_signals_release()
        Glibc.close(readEnd)
        Glibc.close(writeEnd)
    }
}
