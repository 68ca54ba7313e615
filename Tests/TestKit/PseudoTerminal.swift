import FoundationEssentials
package import Glibc
import Synchronization

/// A program on a pseudo terminal of its own, as its session's leader: what a person's terminal window is to it.
///
/// All that it writes is read and kept, unless reading is held back to play a slow line. It loses its terminal when the
/// value goes away, and is killed.
package final class PseudoTerminal: Sendable {
    private let core: Core
    package let pid: pid_t
    /// The terminal's modes before the program ran.
    package let modesBefore: TerminalModesImage

    /// Starts a program; `environment` is laid over this process's own, nil removes a variable.
    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String?] = [:], rows: Int = 24,
        columns: Int = 80
    ) throws {
        var master: Int32 = -1
        var slave: Int32 = -1
        var name = [CChar](repeating: 0, count: 64)
        guard openpty(&master, &slave, &name, nil, nil) == 0 else { throw Failure(call: "openpty", code: errno) }
        for end in [master, slave] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // What poll(2) has seen is gone when the other side flushes before it is read.
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
        // Until the program has it open, so that it is never without an owner.
        defer { close(slave) }
        let core = Core(master)
        self.core = core
        core.setSize(rows: rows, columns: columns)
        modesBefore = core.modes
        let path = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        var merged = ProcessInfo.processInfo.environment
        for name in ["TMUX", "STY", "NO_COLOR", "COLORTERM", "LINES", "COLUMNS", "TERM"] { merged[name] = nil }
        for (key, value) in environment { merged[key] = value }
        do {
            pid = try Self.spawn(program, arguments, merged.map { "\($0)=\($1)" }, terminal: path)
        } catch {
            close(master)
            throw error
        }
        let child = pid
        Blocking.detach { core.drain() }
        Blocking.detach { core.reap(child) }
    }

    deinit {
        core.hangUp()
        core.signal(SIGKILL, to: pid)
    }

    /// What the value shares with its threads. The thread that reads is the one that closes the terminal, so that its
    /// number is never another's.
    private final class Core: Sendable {
        struct State {
            var output: [UInt8] = []
            var isHeld = false
            var isHungUp = false
            var isClosed = false
            /// All is read, and nobody has the other end open.
            var isAtEnd = false
            var exit: ChildProcess.Exit?
        }

        private let master: Int32
        let state = Mutex(State())

        init(_ master: Int32) { self.master = master }

        func drain() {
            var bytes = [UInt8](repeating: 0, count: 64 * 1024)
            while true {
                let (held, hungUp) = state.withLock { ($0.isHeld, $0.isHungUp) }
                if hungUp { break }
                var waiting = pollfd(fd: master, events: held ? 0 : Int16(POLLIN), revents: 0)
                poll(&waiting, 1, held ? 2 : 20)
                if waiting.revents & Int16(POLLIN) != 0 {
                    let count = read(master, &bytes, bytes.count)
                    state.withLock { state in
                        if count > 0 { state.output += bytes[..<count] }
                        state.isAtEnd = false
                    }
                } else if waiting.revents != 0 {
                    // Nobody has the other end open just now; a shell's next program may.
                    state.withLock { $0.isAtEnd = !held }
                    poll(nil, 0, 2)
                }
            }
            state.withLock { state in
                state.isClosed = true
                close(master)
            }
        }

        func reap(_ pid: pid_t) {
            var info = siginfo_t()
            // Unreaped until the lock is held, so that its number is its own for as long as `exit` is nil.
            while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
            state.withLock { state in
                var status: Int32 = 0
                while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
                let signal = status & 0x7f
                state.exit = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
            }
        }

        /// The exit once its last words are read too; unless nobody reads them.
        var settledExit: ChildProcess.Exit? {
            state.withLock { $0.isAtEnd || $0.isHeld || $0.isHungUp ? $0.exit : nil }
        }

        func signal(_ number: Int32, to pid: pid_t) {
            state.withLock { state in if state.exit == nil { kill(pid, number) } }
        }

        func hangUp() { state.withLock { $0.isHungUp = true } }

        func type(_ bytes: [UInt8]) {
            state.withLock { state in
                if !state.isClosed { _ = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) } }
            }
        }

        func setSize(rows: Int, columns: Int) {
            var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
            state.withLock { state in if !state.isClosed { _ = ioctl(master, UInt(TIOCSWINSZ), &size) } }
        }

        var modes: TerminalModesImage {
            state.withLock { state in
                var modes = termios()
                if !state.isClosed { tcgetattr(master, &modes) }
                return TerminalModesImage(modes)
            }
        }
    }

    private static func spawn(
        _ program: String, _ arguments: [String], _ environment: [String], terminal: String
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The first terminal that a session's leader opens becomes the session's.
        posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        for descriptor in Int32(3)..<256 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        // POSIX_SPAWN_SETSID, which glibc shows only to its own dialect of C.
        let newSession: Int32 = 0x80
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | newSession))
        let words = ([program] + arguments).map { strdup($0) }
        let variables = environment.map { strdup($0) }
        defer { for pointer in words + variables { free(pointer) } }
        var pid = pid_t()
        let code = posix_spawnp(&pid, program, &actions, &attributes, words + [nil], variables + [nil])
        guard code == 0 else { throw Failure(call: "spawn \(program)", code: code) }
        return pid
    }

    // MARK: what the person sees and does

    package var output: [UInt8] { core.state.withLock { $0.output } }
    package var text: String { String(decoding: output, as: UTF8.self) }
    /// How the program ended; nil while it runs.
    package var exit: ChildProcess.Exit? { core.state.withLock { $0.exit } }
    package var modes: TerminalModesImage { core.modes }

    package func type(_ text: String) { core.type(Array(text.utf8)) }
    package func type(_ bytes: [UInt8]) { core.type(bytes) }
    package func resize(rows: Int, columns: Int) { core.setSize(rows: rows, columns: columns) }

    /// While held, the program's output fills the line and then waits.
    package func holdReading(_ hold: Bool) { core.state.withLock { $0.isHeld = hold } }

    package func signal(_ number: Int32) { core.signal(number, to: pid) }

    /// Closes the terminal's window.
    package func hangUp() { core.hangUp() }

    @discardableResult
    package func ended(within limit: Duration = .seconds(60)) async throws -> ChildProcess.Exit {
        try await eventually(within: limit, "the end; output: \(text.suffix(600).debugDescription)") {
            core.settledExit
        }
    }

    package func shows(_ part: String, within limit: Duration = .seconds(60)) async throws {
        try await eventually(within: limit, "\(part.debugDescription) in the output") { text.contains(part) }
    }

    package struct Failure: Error {
        package let call: String
        package let code: Int32
    }
}

/// A terminal's modes, to compare.
package struct TerminalModesImage: Sendable, Hashable {
    package let input: UInt32
    package let output: UInt32
    package let control: UInt32
    package let local: UInt32

    init(_ modes: termios) {
        input = modes.c_iflag
        output = modes.c_oflag
        control = modes.c_cflag
        local = modes.c_lflag
    }

    /// Keys are echoed and lines are edited by the system.
    package var isCooked: Bool { local & UInt32(ICANON | ECHO) == UInt32(ICANON | ECHO) }
}
