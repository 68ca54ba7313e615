internal import FoundationEssentials
internal import Glibc

/// A program run to its end with a deadline, its output in a file.
enum ProgramRun {
    struct Outcome: Sendable {
        /// Exit status; 128 and the signal's number when a signal ended it; nil when it was ended at the deadline.
        var status: Int32?
        /// Standard error and output, as they came.
        var output: String
    }

    struct Failure: Error, Sendable {
        var code: Int32
    }

    /// - Parameters:
    ///   - environment: laid over this process's own.
    ///   - output: file that takes what the program prints.
    ///   - pause: sleeps so long between two looks.
    /// - Throws: `Failure` when it cannot be started.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String], output: String, within limit: Duration,
        pause: @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    ) async throws -> Outcome {
        let process = try spawn(program, arguments, environment: environment, output: output)
        let deadline = ContinuousClock.now + limit
        var status: Int32 = 0
        while true {
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process || (ended < 0 && errno != EINTR) { break }
            if ContinuousClock.now >= deadline || Task.isCancelled {
                kill(process, SIGKILL)
                while waitpid(process, &status, 0) < 0, errno == EINTR {}
                return Outcome(status: nil, output: text(of: output))
            }
            await pause(.milliseconds(3))
        }
        let signal = status & 0x7f
        return Outcome(status: signal == 0 ? (status >> 8) & 0xff : 128 + signal, output: text(of: output))
    }

    private static func spawn(
        _ program: String, _ arguments: [String], environment: [String: String], output: String
    ) throws -> pid_t {
        OpenDescriptors.keepFromPrograms()
        var merged = ProcessInfo.processInfo.environment
        merged.merge(environment) { $1 }
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&files, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&files, 1, 2)
        // Threads of libdispatch's pool have all signals blocked, and what they start would have so too: nobody could
        // ask it to end.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let words = ([program] + arguments).map { strdup($0) } + [nil]
        let variables = merged.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in words + variables { free(pointer) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, program, &files, &attributes, words, variables)
        guard code == 0 else { throw Failure(code: code) }
        return process
    }

    private static func text(of file: String) -> String {
        (try? Data(contentsOf: URL(filePath: file))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
