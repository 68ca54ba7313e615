internal import Glibc

/// The note of which Envoy runs on a data directory, and the end of one that outlived its service.
struct StaleEnvoy: Sendable {
    let file: String

    func note(_ process: ProcessIdentity) throws(NodeAgentError) {
        try AtomicFile.write(Array("\(process)\n".utf8), to: file, mode: 0o600)
    }

    func forget() { unlink(file) }

    /// Ends the Envoy that the file names if it still runs: SIGTERM, and SIGKILL after two seconds.
    ///
    /// Two Envoys on the same sockets would share the traffic silently (SO_REUSEPORT).
    /// - Returns: the process that was ended; nil when there was none.
    func end() async throws -> ProcessIdentity? {
        guard let bytes = AtomicFile.read(file, limit: 256),
            let process = ProcessIdentity(String(decoding: bytes, as: UTF8.self)), process.isRunning
        else { return nil }
        kill(process.pid, SIGTERM)
        for turn in 0..<500 where process.isRunning {
            if turn == 200 { kill(process.pid, SIGKILL) }
            try await Task.sleep(for: .milliseconds(10))
        }
        guard !process.isRunning else {
            throw NodeAgentError(
                .inUse, at: file, "An Envoy of an earlier run does not end (process \(process.pid)).",
                remedy: "End it by hand, then start the node again.")
        }
        forget()
        return process
    }
}
