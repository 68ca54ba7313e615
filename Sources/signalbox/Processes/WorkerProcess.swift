internal import Glibc
internal import PostfixEndpoints
internal import PostfixProtocol

/// Runs the program of a worker: the message on its standard input, what it prints as the answer. It and all that it
/// started are killed when its time is over.
struct WorkerProcess: ProgramRunner {
    func run(
        _ command: [String], input: [UInt8], variables: [String: String], within time: Duration, limit: Int
    ) async throws(WorkerError) -> [UInt8] {
        do {
            return try await OwnThread.run {
                try Self.runBlocking(command, input, variables, ContinuousClock.now + time, limit)
            }
        } catch let error as WorkerError {
            throw error
        } catch {
            throw WorkerError("its program cannot be run")
        }
    }

    private static func runBlocking(
        _ command: [String], _ input: [UInt8], _ variables: [String: String], _ deadline: ContinuousClock.Instant,
        _ limit: Int
    ) throws(WorkerError) -> [UInt8] {
        guard let ask = ClosedOnExec.pipe() else { throw WorkerError("there are no descriptors left") }
        guard let answer = ClosedOnExec.pipe() else {
            close(ask.read)
            close(ask.write)
            throw WorkerError("there are no descriptors left")
        }
        defer { close(answer.read) }
        let pid: pid_t
        do {
            defer {
                close(ask.read)
                close(answer.write)
            }
            guard let started = spawn(command, variables, input: ask.read, output: answer.write) else {
                close(ask.write)
                throw WorkerError("its program cannot be started")
            }
            pid = started
        }
        let output = exchange(input, ask.write, answer.read, deadline, limit)
        // Whatever it left running ends with it.
        if output == nil { kill(-pid, SIGKILL) }
        guard let status = wait(for: pid, until: deadline) else {
            throw WorkerError("it did not end in time")
        }
        kill(-pid, SIGKILL)
        guard let output else { throw WorkerError("it did not end in time") }
        guard status == 0 else {
            let how = status & 0x7F == 0 ? "with status \((status >> 8) & 0xFF)" : "by signal \(status & 0x7F)"
            throw WorkerError("it ended \(how)")
        }
        return output
    }

    private static func spawn(
        _ command: [String], _ variables: [String: String], input: Int32, output: Int32
    ) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own, and the signals as a program expects them.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGDEF))
        // Nothing of ours: secrets are in the server's environment.
        let environment =
            ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"]
            + variables.map { "\($0.key)=\($0.value)" }
        var pid: pid_t = 0
        let code = CStrings.with(command) { words in
            CStrings.with(environment) { posix_spawn(&pid, command.first ?? "", &actions, &attributes, words, $0) }
        }
        return code == 0 ? pid : nil
    }

    /// Writes and reads at the same time, so that neither side waits for the other; nil when the time is over.
    private static func exchange(
        _ input: [UInt8], _ write: Int32, _ read: Int32, _ deadline: ContinuousClock.Instant, _ limit: Int
    ) -> [UInt8]? {
        for descriptor in [write, read] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
        var sent = 0
        var isOpen = true
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        defer { if isOpen { close(write) } }
        while true {
            if isOpen, sent == input.count {
                close(write)
                isOpen = false
            }
            let left = Int32(clamping: Int((deadline - .now) / .milliseconds(1)))
            var polls = [pollfd(fd: read, events: Int16(POLLIN), revents: 0)]
            if isOpen { polls.append(pollfd(fd: write, events: Int16(POLLOUT), revents: 0)) }
            guard left > 0, poll(&polls, nfds_t(polls.count), left) > 0 else { return nil }
            if isOpen, polls[1].revents != 0 {
                let count = input.withUnsafeBytes { bytes in
                    Glibc.write(write, bytes.baseAddress?.advanced(by: sent), min(65_536, input.count - sent))
                }
                if count > 0 {
                    sent += count
                } else if errno != EAGAIN, errno != EINTR {
                    // It does not want to read more, which is its right.
                    sent = input.count
                }
            }
            if polls[0].revents != 0 {
                let count = Glibc.read(read, &chunk, chunk.count)
                if count == 0 { return output }
                if count < 0, errno != EAGAIN, errno != EINTR { return output }
                if count > 0 { output += chunk[..<count] }
                if output.count > limit { return Array(output.prefix(limit + 1)) }
            }
        }
    }

    /// The status of the program; nil when it had to be killed because the time is over.
    private static func wait(for pid: pid_t, until deadline: ContinuousClock.Instant) -> Int32? {
        var status: Int32 = 0
        while true {
            let found = waitpid(pid, &status, WNOHANG)
            if found == pid { return status }
            if found < 0, errno != EINTR { return nil }
            guard ContinuousClock.now < deadline else {
                kill(-pid, SIGKILL)
                while waitpid(pid, &status, 0) < 0, errno == EINTR {}
                return nil
            }
            poll(nil, 0, 1)
        }
    }
}
