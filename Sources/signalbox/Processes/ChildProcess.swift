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

    private static func spawn(_ words: [String]) throws -> pid_t {
        var pid: pid_t = 0
        let code = withCStrings(words) { posix_spawnp(&pid, words[0], nil, nil, $0, environ) }
        guard code == 0 else { throw failure(words, code) }
        return pid
    }

    private static func withCStrings<T>(
        _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> T
    ) -> T {
        let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: texts.count + 1)
        for (index, text) in texts.enumerated() { (pointers + index).initialize(to: strdup(text)) }
        (pointers + texts.count).initialize(to: nil)
        defer {
            for index in texts.indices { free(pointers[index]) }
            pointers.deallocate()
        }
        return body(pointers)
    }

    private static func failure(_ words: [String], _ code: Int32) -> ErrorReport {
        ErrorReport(
            .io, at: words[0], "it cannot be started: \(String(cString: strerror(code)))",
            remedy: "check the path and its permissions")
    }
}
