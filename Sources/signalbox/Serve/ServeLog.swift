internal import Glibc
internal import Logging

/// Log lines of `serve` on standard error: one line an event, time in UTC, nothing unsanitised.
struct ServeLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(level: Logger.Level) { logLevel = level }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let facts = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let line: SafeText = "\(TimeText.now()) \(event.level.rawValue) \(event.message.description + facts)"
        var text = line.text + "\n"
        // One write, so that lines of several threads do not mix.
        text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
