internal import ControlPlane
internal import EdgeModel
internal import Glibc
internal import Synchronization

/// The server's end of the socket: hears of commits, one connection after another on a thread of its own.
final class WakeUpListener: Sendable {
    private let descriptor: Int32
    private let lock: Int32
    private let path: String
    private let answers: [String: @Sendable () -> String]
    private let handOvers: [String: @Sendable (_ client: Int32, _ request: String) -> Void]
    /// The thread alone closes the socket it waits on: the number of a closed one may be another's by the time it looks.
    private let hasThread = Mutex(false)

    /// Takes the socket of a state; only one server may have it.
    /// - Parameters:
    ///   - answers: by operation; called on the listener's thread, each gives the line to answer.
    ///   - handOvers: by operation; takes over connections of which the answer takes long, or is more than one line.
    /// - Throws: `unavailable` when another server runs on the state.
    init(
        statePath: String, mode: mode_t = 0o600, answers: [String: @Sendable () -> String],
        handOvers: [String: @Sendable (_ client: Int32, _ request: String) -> Void] = [:]
    ) throws {
        self.handOvers = handOvers
        path = ServerSocket.path(of: statePath)
        self.answers = answers
        let lockPath = statePath + ".serve"
        lock = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, mode)
        guard lock >= 0 else { throw Self.failure(lockPath) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw ErrorReport(
                .unavailable, at: statePath, "another server runs on this state",
                remedy: "signalbox status --state \(ShellWord.quoted(statePath))")
        }
        // Nobody else has the lock, so a socket file that is there was left behind.
        unlink(path)
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0, ServerSocket.withAddress(path, { bind(descriptor, $0, $1) }) == 0,
            chmod(path, mode) == 0,
            listen(descriptor, 64) == 0
        else {
            let error = Self.failure(path)
            if descriptor >= 0 { close(descriptor) }
            close(lock)
            throw error
        }
    }

    func start() {
        hasThread.withLock { $0 = true }
        OwnThread.start { [self] in
            defer { close(descriptor) }
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    if errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS {
                        usleep(50_000)
                        continue
                    }
                    return
                }
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                if !answer(client) { close(client) }
            }
        }
    }

    /// Nobody can hold the listener up for longer than this, in milliseconds.
    private static let patience: Int32 = 500

    /// - Returns: whether the connection goes on, in other hands.
    private func answer(_ client: Int32) -> Bool {
        var limit = timeval(tv_sec: 0, tv_usec: Int(Self.patience) * 1000)
        // A client that does not take a long answer holds up nobody either.
        setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard let line = ServerSocket.readLine(client, patience: Self.patience) else { return false }
        let operation = ServerSocket.operation(of: line)
        if let operation, let handOver = handOvers[operation] {
            handOver(client, line)
            return true
        }
        let answer = operation.flatMap { answers[$0] }
        ServerSocket.send(answer?() ?? #"{"ok":false,"error":"unknown request"}"#, to: client)
        return false
    }

    /// Ends the thread and removes the socket.
    func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        unlink(path)
        if !hasThread.withLock({ $0 }) { close(descriptor) }
        close(lock)
    }

    private static func failure(_ path: String) -> ErrorReport {
        ErrorReport(
            .io, at: path, "the server's socket cannot be made: \(String(cString: strerror(errno)))",
            remedy: "check the permissions of the state's folder")
    }
}
