internal import Glibc

/// Expressions on standard input, one a line, handed on as they come: a program at the other end may wait for answers.
enum ExpressionLines {
    /// Bytes of a line; longer ones cannot be expressions and are cut.
    private static let longestLine = 1 << 16

    /// Calls `take` for every line without its end; a last line need not have one. Throws ``ErrorReport``.
    static func read(_ take: (String) throws -> Void) throws {
        var rest: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        func hand(_ line: some Collection<UInt8>) throws {
            try take(String(decoding: line.prefix(longestLine), as: UTF8.self))
        }
        while true {
            let count = Glibc.read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw ErrorReport(
                    .io, at: "standard input", "it cannot be read: \(String(cString: strerror(errno)))",
                    remedy: "signalbox rules check --help")
            }
            guard count > 0 else { break }
            var start = 0
            while let end = chunk[start..<count].firstIndex(of: UInt8(ascii: "\n")) {
                let line = rest + chunk[start..<end]
                try hand(line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...])
                rest.removeAll(keepingCapacity: true)
                start = end + 1
            }
            // What goes beyond the longest line is not kept.
            rest += chunk[start..<count].prefix(max(0, longestLine + 1 - rest.count))
        }
        if !rest.isEmpty { try hand(rest) }
    }
}
