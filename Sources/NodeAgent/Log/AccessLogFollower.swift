internal import EdgeModel
internal import Glibc
internal import Synchronization

/// Reads the access log as it grows and keeps a sample of the requests that failed.
struct AccessLogFollower: Sendable {
    let path: String
    let desk: FailingDesk

    /// Reports go every two seconds.
    private static let pause = Duration.milliseconds(500)

    /// Runs until cancelled.
    func run() async {
        var log = LogTail(path)
        var lines = AccessLogLines()
        while !Task.isCancelled {
            // A sample needs no line that is a hundred thousand lines old.
            if log.skip(keeping: 1 << 20, ifMoreThan: 4 << 20) { lines.skip() }
            let bytes = log.read()
            let failing = lines.take(bytes)
            if !failing.isEmpty { desk.add(failing) }
            if bytes.isEmpty { try? await Task.sleep(for: Self.pause) } else { await Task.yield() }
        }
    }
}

/// Bytes of an access log as they come → the requests that failed.
struct AccessLogLines: Sendable {
    /// A line is at most some kilobytes long; what is longer is no line of ours.
    private static let longest = 64 << 10

    private var rest: [UInt8] = []
    private var isSkipping = false

    /// What comes next does not follow what came before: up to its first line end it is left out.
    mutating func skip() {
        rest = []
        isSkipping = true
    }

    mutating func take(_ bytes: [UInt8]) -> [FailingRequest] {
        guard !bytes.isEmpty else { return [] }
        let all = rest.isEmpty ? bytes : rest + bytes
        var found: [FailingRequest] = []
        var start = 0
        all.withUnsafeBytes { all in
            guard let base = all.baseAddress else { return }
            while let end = memchr(base + start, 0x0A, all.count - start) {
                let next = UnsafeRawPointer(end) - base + 1
                let line = UnsafeRawBufferPointer(rebasing: all[start..<next - 1])
                start = next
                if isSkipping {
                    isSkipping = false
                } else if AccessLogLine.mayFail(line), let request = AccessLogLine.failing(Array(line)) {
                    found.append(request)
                }
            }
        }
        rest = Array(all[start...])
        if rest.count > Self.longest { skip() }
        return found
    }
}

/// The sample between whoever reads the log and whoever reports.
final class FailingDesk: Sendable {
    private let sample = Mutex(FailingSample())

    func add(_ requests: [FailingRequest]) {
        sample.withLock { sample in
            for request in requests { sample.add(request) }
        }
    }

    func take() -> [FailingRequest] { sample.withLock { $0.take() } }
    func putBack(_ requests: [FailingRequest]) { sample.withLock { $0.putBack(requests) } }
}
