internal import Logging

/// Reads Envoy's log as it grows and keeps the logs small.
struct LogFollower: Sendable {
    let directory: NodeDirectory
    let admin: EnvoyAdmin
    let logger: Logger
    /// Called for each refusal in the order of the log.
    let onRefusal: @Sendable (LoggedRefusal) -> Void

    /// How long a refusal may wait to be read. Envoy itself holds lines back for 50 ms.
    private static let pause = Duration.milliseconds(50)
    /// Rotation is looked at once in so many pauses.
    private static let rotationTurns = 40

    /// Runs until cancelled.
    func run() async {
        var log = LogTail(directory.envoyLog)
        var errors = LogTail(directory.envoyErrors)
        var logEntries = LogAssembler()
        var errorEntries = LogAssembler()
        var turn = 0
        while !Task.isCancelled {
            handle(log.read(), with: &logEntries)
            handle(errors.read(), with: &errorEntries)
            turn += 1
            if turn % Self.rotationTurns == 0 { await rotate() }
            try? await Task.sleep(for: Self.pause)
        }
    }

    private func handle(_ bytes: [UInt8], with assembler: inout LogAssembler) {
        var entries = assembler.take(bytes)
        if bytes.isEmpty, let last = assembler.finish() { entries.append(last) }
        for text in entries {
            let entry = EnvoyLogEntry(text)
            if let refusal = entry.flatMap(LoggedRefusal.init) ?? LoggedRefusal(line: text) { onRefusal(refusal) }
            if let entry, entry.level == "critical" || entry.level == "error" {
                logger.warning("Envoy: \(RefusalText.clean(entry.message, secret: nil))")
            }
        }
    }

    private func rotate() async {
        let isRotated = [directory.envoyLog, directory.accessLog].map { LogRotation(path: $0).rotateIfFull() }
        if isRotated.contains(true) { await admin.reopenLogs() }
        LogRotation(path: directory.envoyErrors).emptyIfFull()
    }
}
