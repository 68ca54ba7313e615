import Glibc

/// Asks the tmux that we run in what it does with the clipboard.
enum TmuxQuery {
    /// Nil outside of tmux.
    static func options(_ environment: [String: String]) async -> ClipboardText.Tmux? {
        guard environment["TMUX"].map({ !$0.isEmpty }) ?? false else { return nil }
        async let clipboard = answer(["show-options", "-sv", "set-clipboard"])
        // An option of the pane since tmux 3.3; older ones let everything through.
        async let passthrough = answer(["show-options", "-pAv", "allow-passthrough"])
        return await ClipboardText.Tmux(setClipboard: clipboard, allowPassthrough: passthrough)
    }

    /// The first line that tmux prints; nil when it fails or says nothing within a second.
    private static func answer(_ arguments: [String]) async -> String? {
        await withCheckedContinuation { done in
            // A thread of its own for some milliseconds: reading blocks, and Swift has few.
            let work = Work { done.resume(returning: ask(arguments)) }
            var thread = pthread_t()
            let code = pthread_create(
                &thread, nil,
                { pointer in
                    guard let pointer else { return nil }
                    Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body()
                    return nil
                }, Unmanaged.passRetained(work).toOpaque())
            if code == 0 { pthread_detach(thread) } else { done.resume(returning: nil) }
        }
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private static func ask(_ arguments: [String]) -> String? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        let words = (["tmux"] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        var pid = pid_t()
        let code = posix_spawnp(&pid, "tmux", &actions, nil, words + [nil], environ)
        close(ends[1])
        guard code == 0 else { return nil }
        var text: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 256)
        var waiting = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
        while text.count < 4_096, poll(&waiting, 1, 1_000) == 1 {
            let count = read(ends[0], &bytes, bytes.count)
            if count <= 0 { break }
            text += bytes[..<count]
        }
        // Nothing more is wanted of it, and it is not left behind.
        kill(pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        let line = text.prefix { $0 != 0x0A }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }
}
