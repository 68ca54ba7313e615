/// The command line and environment under which a node's Envoy runs.
package struct EnvoyCommand: Hashable, Sendable {
    /// Path of the program.
    package var executable: String
    /// Path of the file `Bootstrap` wrote.
    package var configuration: String
    /// Folder that holds the module library; nil: as the environment says.
    package var modules: String?
    /// Worker threads; nil: one for each processor.
    package var concurrency: Int?
    /// Milliseconds after which a line of the access log is in the file.
    package var logFlush: Int
    /// Number that keeps the shared memory of several Envoys on a machine apart; nil: none is used, no hot restart.
    package var baseID: Int?
    /// Seconds that a removed listener serves its connections.
    package var drain: Int

    package init(
        executable: String, configuration: String, modules: String? = nil, concurrency: Int? = nil, logFlush: Int = 100,
        baseID: Int? = nil, drain: Int = 10
    ) {
        self.executable = executable
        self.configuration = configuration
        self.modules = modules
        self.concurrency = concurrency
        self.logFlush = logFlush
        self.baseID = baseID
        self.drain = drain
    }

    /// A field Envoy does not know is a refusal, not a warning: a misspelt one would silently do nothing.
    package var arguments: [String] {
        var list = ["-c", configuration, "--reject-unknown-dynamic-fields"]
        list += baseID.map { ["--base-id", String($0)] } ?? ["--disable-hot-restart"]
        list += ["--file-flush-interval-msec", String(logFlush), "--drain-time-s", String(drain)]
        if let concurrency { list += ["--concurrency", String(concurrency)] }
        return list
    }

    /// Arguments that check the file and end.
    package var validateArguments: [String] {
        [
            "--mode", "validate", "-c", configuration, "--reject-unknown-dynamic-fields", "--disable-hot-restart", "-l",
            "error",
        ]
    }

    /// Laid over the environment of the parent.
    package var environment: [String: String] {
        modules.map { [EdgeContract.searchPathVariable: $0] } ?? [:]
    }
}
