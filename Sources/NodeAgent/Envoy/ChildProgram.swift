internal import Glibc
internal import Synchronization

/// A program started by us: it ends with us however we end, it is always reaped, and its id is never signalled after
/// another process got it.
///
/// The kernel ends it when the thread that started it ends (prctl(2), PR_SET_PDEATHSIG), so each has a thread of its
/// own that starts it and waits for it. Setting that needs code between fork and exec, which Swift cannot run there;
/// `setpriv` of util-linux does it and then becomes the program. Where `setpriv` is missing, a program left behind
/// is ended at the next start by ``StaleEnvoy``.
final class ChildProgram: Sendable {
    struct Plan: Sendable {
        var program: String
        var arguments: [String]
        var environment: [String: String]
        /// File that takes standard output and error, appended to; nil: `/dev/null`.
        var output: String?
    }

    let pid: pid_t
    private let end = Mutex<ProcessEnd?>(nil)

    private init(pid: pid_t) { self.pid = pid }

    /// Starts the program. `onEnd` is called once, on the program's own thread.
    static func start(
        _ plan: Plan, onEnd: @escaping @Sendable (ProcessEnd) -> Void
    ) async throws(NodeAgentError) -> ChildProgram {
        let outcome: Result<ChildProgram, NodeAgentError> = await withCheckedContinuation { continuation in
            let isStarted = OwnThread.start {
                let (pid, code) = spawn(plan)
                guard code == 0 else {
                    errno = code
                    continuation.resume(returning: .failure(.system(plan.program, "The program cannot be started")))
                    return
                }
                let child = ChildProgram(pid: pid)
                continuation.resume(returning: .success(child))
                onEnd(child.reap())
            }
            if !isStarted {
                continuation.resume(returning: .failure(.system(plan.program, "No thread can be started")))
            }
        }
        return try outcome.get()
    }

    /// Does nothing when it has ended.
    func signal(_ number: Int32) {
        end.withLock { if $0 == nil { kill(pid, number) } }
    }

    private func reap() -> ProcessEnd {
        var info = siginfo_t()
        // Left unreaped until the lock is held: till then the id cannot be another's.
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        return end.withLock { end in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            let how = ProcessEnd(waitStatus: status)
            end = how
            return how
        }
    }

    /// glibc has a call that closes all of them in the child, which its headers do not show to Swift. Closing one that
    /// is closed meanwhile is no error there.
    private static func openDescriptors() -> [Int32] {
        guard let listing = opendir("/proc/self/fd") else { return [] }
        defer { closedir(listing) }
        var found: [Int32] = []
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if let number = Int32(String(decoding: name, as: UTF8.self)) { found.append(number) }
        }
        return found
    }

    private static let wrapper: String? = ["/usr/bin/setpriv", "/bin/setpriv"].first { access($0, X_OK) == 0 }

    static func spawn(_ plan: Plan) -> (pid_t, Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 1, plan.output ?? "/dev/null", flags, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Sockets and locks of ours must not live on in it.
        for descriptor in openDescriptors() where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        // A group of its own: Ctrl-C in a terminal must reach us alone, who end it with grace.
        posix_spawnattr_setpgroup(&attributes, 0)
        let behaviour = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(behaviour))

        let prefix = wrapper.map { [$0, "--pdeathsig", "KILL", "--"] } ?? []
        let words = prefix + [plan.program] + plan.arguments
        let variables = plan.environment.map { "\($0)=\($1)" }.sorted()
        var pid: pid_t = 0
        let code = withCStrings(words) { arguments in
            withCStrings(variables) { environment in
                posix_spawn(&pid, wrapper ?? plan.program, &actions, &attributes, arguments, environment)
            }
        }
        return (pid, code)
    }

    private static func withCStrings<R>(
        _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
    ) -> R {
        let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: texts.count + 1)
        for (index, text) in texts.enumerated() { pointers[index] = strdup(text) }
        pointers[texts.count] = nil
        defer {
            for index in texts.indices { free(pointers[index]) }
            pointers.deallocate()
        }
        return body(pointers)
    }
}
