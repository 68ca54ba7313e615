internal import Dispatch
internal import Logging
internal import Synchronization

/// Writes the newest last good configuration to disk, off the path of Envoy's answers and after a rest: what is published
/// changes several route tables one after the other, while every processor is busy bringing them to the nodes. Of several
/// that come within it, or while one is being written, only the newest follows.
final class LastGoodKeeper: Sendable {
    private let path: String
    private let node: String
    private let logger: Logger
    private let queue = DispatchQueue(label: "signalbox.last-good")
    private let waiting = Mutex<LastGood?>(nil)
    private static let rest = DispatchTimeInterval.milliseconds(100)

    init(path: String, node: String, logger: Logger) {
        self.path = path
        self.node = node
        self.logger = logger
    }

    /// What was kept; empty when there is nothing that can be used, which is then said in the log.
    func load() -> LastGood {
        guard let bytes = AtomicFile.read(path, limit: LastGoodFile.limit) else { return LastGood() }
        do throws(LastGoodFile.Damage) {
            return try LastGoodFile.read(bytes, node: node)
        } catch {
            logger.error(
                "the last good configuration cannot be used", metadata: ["file": "\(path)", "why": "\(error)"])
            return LastGood()
        }
    }

    func keep(_ lastGood: LastGood) {
        let isFirst = waiting.withLock { waiting in
            defer { waiting = lastGood }
            return waiting == nil
        }
        guard isFirst else { return }
        queue.asyncAfter(deadline: .now() + Self.rest) { self.write() }
    }

    /// Returns when everything handed over is on disk.
    func finish() {
        queue.sync { self.write() }
    }

    private func write() {
        let next = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        guard let next else { return }
        do {
            try AtomicFile.write(LastGoodFile.bytes(of: next, node: node), to: path, mode: 0o600)
        } catch {
            logger.error("the last good configuration cannot be kept: \(error)")
        }
    }
}
