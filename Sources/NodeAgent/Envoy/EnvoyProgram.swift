internal import Glibc

/// The Envoy binary, before it is trusted to run.
struct EnvoyProgram: Sendable {
    let path: String

    /// - Parameter scratch: file that takes what the program prints; removed again.
    /// - Throws: ``NodeAgentError`` `missing` when it is no program, `envoyVersion` when it is another than this
    ///   release was made for.
    func check(scratch: String) async throws -> EnvoyVersion {
        guard path.hasPrefix("/"), access(path, X_OK) == 0 else {
            throw NodeAgentError(
                .missing, at: path,
                path.contains("/")
                    ? "There is no program of that absolute path." : "No folder of $PATH has a program of that name.",
                remedy:
                    "Install Envoy \(EnvoyVersion.supported) and name it with --envoy PATH or in SIGNALBOX_ENVOY.")
        }
        unlink(scratch)
        defer { unlink(scratch) }
        let (ends, mailbox) = AsyncStream<ProcessEnd>.makeStream()
        let plan = ChildProgram.Plan(program: path, arguments: ["--version"], environment: [:], output: scratch)
        let child = try await ChildProgram.start(plan) {
            mailbox.yield($0)
            mailbox.finish()
        }
        let alarm = Task {
            try await Task.sleep(for: .seconds(20))
            child.signal(SIGKILL)
        }
        defer { alarm.cancel() }
        for await _ in ends {}
        let printed = AtomicFile.read(scratch, limit: 64 * 1024).map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard let version = EnvoyVersion(printed: printed) else {
            throw NodeAgentError(
                .envoyVersion, at: path, "The program does not say which Envoy it is.",
                remedy: "Name an Envoy \(EnvoyVersion.supported) with --envoy PATH.")
        }
        guard version.isSupported else {
            throw NodeAgentError(
                .envoyVersion, at: path,
                "This is Envoy \(version); the edge module fits \(EnvoyVersion.supported) only.",
                remedy: "Install Envoy \(EnvoyVersion.supported), or a signalbox made for this Envoy.")
        }
        return version
    }
}
