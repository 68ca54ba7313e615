import FoundationEssentials
import Glibc

/// Standard output as JSON lines; a reader that went away is an ordinary end, not a failure of the run.
enum Output {
    static func line(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        write(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    static func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        bytes.append(10)
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count > 0 { bytes = bytes.dropFirst(count) } else if errno != EINTR { return }
        }
    }
}
