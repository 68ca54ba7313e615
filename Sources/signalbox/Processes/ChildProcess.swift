internal import Glibc
internal import Synchronization

/// The program that `ChildProcess` waits for; a signal handler can reach nothing but what is global.
private let running = Atomic<pid_t>(0)

private let passOn: @convention(c) (Int32) -> Void = { number in
    let pid = running.load(ordering: .sequentiallyConsistent)
    if pid > 0 { kill(pid, number) }
}

/// Another program, run to its end.
enum ChildProcess {
    /// Runs it with this terminal for its own, as an editor needs it, and gives its status; 128 and the signal when one
    /// ended it.
    /// - Throws: `io` when it cannot be started.
    static func onTerminal(_ words: [String]) throws -> Int32 {
        let pid = try spawn(words)
        running.store(pid, ordering: .sequentiallyConsistent)
        // Keys that interrupt are the program's business on its terminal; an end asked of this process is its end too.
        let kept =
            [SIGINT, SIGQUIT].map { ($0, signal($0, SIG_IGN)) } + [SIGTERM, SIGHUP].map { ($0, signal($0, passOn)) }
        defer { for (number, handler) in kept { signal(number, handler) } }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { return 127 }
        }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    /// What it prints on standard output, up to 64 KiB; nil when it takes longer than that many milliseconds.
    /// - Throws: `io` when it cannot be started.
    static func output(_ words: [String], within limit: Int) throws -> String? {
        guard let ends = ClosedOnExec.pipe() else { throw failure(words, errno) }
        defer { close(ends.read) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends.write, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        let pid: pid_t
        do {
            defer { close(ends.write) }
            pid = try spawn(words, &actions)
        }
        let text = read(ends.read, within: limit)
        if text == nil { kill(pid, SIGKILL) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return text
    }

    /// Runs it to its end without a terminal, and gives its status and what it printed on both streams, up to 1 MiB each.
    /// - Throws: `io` when it cannot be started.
    /// It leads a group of processes of its own, with which its own children are ended.
    /// - Parameter child: by which another thread ends them early.
    static func captured(
        _ words: [String], as child: RunningChild = RunningChild()
    ) throws -> (status: Int32, output: String, errors: String) {
        let folder = try TemporaryFolder("signalbox-run")
        defer { folder.remove() }
        let files = (output: folder.path + "/out", errors: folder.path + "/err")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, files.output, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, files.errors, O_WRONLY | O_CREAT, 0o600)
        let status = try child.run { try spawn(words, &actions, ownGroup: true) }
        let text = { (path: String) in
            String(decoding: ((try? TextFile.read(path)) ?? []).prefix(1 << 20), as: UTF8.self)
        }
        return (
            status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F), text(files.output), text(files.errors)
        )
    }

    /// All that comes until the end, in time.
    private static func read(_ descriptor: Int32, within limit: Int) -> String? {
        let deadline = ContinuousClock.now + .milliseconds(limit)
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while all.count < 1 << 16 {
            let left = Int32(clamping: Int((deadline - .now) / .milliseconds(1)))
            var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard left > 0, Glibc.poll(&poll, 1, left) > 0 else { return nil }
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            all += chunk[..<count]
        }
        return String(decoding: all, as: UTF8.self)
    }

    private static func spawn(
        _ words: [String], _ actions: UnsafePointer<posix_spawn_file_actions_t>? = nil, ownGroup: Bool = false
    ) throws -> pid_t {
        var pid: pid_t = 0
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A thread of a pool may have signals blocked, with which nobody could end what it starts.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | (ownGroup ? Int16(POSIX_SPAWN_SETPGROUP) : 0))
        let code = CStrings.with(words) { posix_spawnp(&pid, words[0], actions, &attributes, $0, environ) }
        guard code == 0 else { throw failure(words, code) }
        return pid
    }

    private static func failure(_ words: [String], _ code: Int32) -> ErrorReport {
        ErrorReport(
            .io, at: words[0], "it cannot be started: \(String(cString: strerror(code)))",
            remedy: "check the path and its permissions")
    }
}
