import CTerminal
import Glibc

/// Bytes on their way to the terminal, which takes them when it can.
struct Outbox {
    private var bytes: [UInt8] = []
    private var sent = 0
    private let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    var isEmpty: Bool { sent == bytes.count }

    mutating func add(_ more: [UInt8]) { bytes += more }
    mutating func add(_ text: String) { bytes += Array(text.utf8) }

    /// Writes what the terminal takes without waiting; false when the terminal is gone.
    mutating func send() -> Bool {
        while !isEmpty {
            // After a crash the screen is the shell's.
            if ct_rescued() { break }
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent) }
            if count > 0 {
                sent += count
            } else if count < 0, errno == EAGAIN {
                return true
            } else if count == 0 || errno != EINTR {
                return false
            }
        }
        bytes.removeAll(keepingCapacity: bytes.count < 1 << 18)
        sent = 0
        return true
    }

    /// Writes everything, and waits for the terminal: at most a second at a time in which it takes nothing.
    mutating func sendAll() {
        while send(), !isEmpty {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let count = poll(&waiting, 1, 1_000)
            if count == 0 || (count < 0 && errno != EINTR) { break }
        }
        discard()
    }

    mutating func discard() {
        bytes = []
        sent = 0
    }
}
