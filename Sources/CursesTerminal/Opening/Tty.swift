import CTerminal
import Glibc

/// The terminal device, opened for ourselves: non-blocking without making it so for the shell and for children, who
/// share the descriptors 0 to 2.
struct Tty {
    let descriptor: Int32
    private let cooked: termios

    init(input: Int32, output: Int32) throws(TerminalOpenFailure) {
        guard isatty(output) == 1 else { throw .notATerminal("standard output") }
        guard isatty(input) == 1 else { throw .notATerminal("standard input") }
        // By its descriptor: in a container the device often has no path. Another user's terminal (su) may only be opened
        // as the controlling one.
        let flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC
        var opened = open("/proc/self/fd/\(output)", flags)
        if opened < 0 { opened = open("/dev/tty", flags) }
        guard opened >= 0 else { throw .system("open", errno) }
        var modes = termios()
        guard tcgetattr(opened, &modes) == 0 else {
            let code = errno
            Glibc.close(opened)
            throw .system("tcgetattr", code)
        }
        descriptor = opened
        cooked = modes
    }

    /// Every key comes as it is, Ctrl-C, Ctrl-Z and Ctrl-S too; output is not touched. From the background this stops the
    /// process, as it should (SIGTTOU).
    func makeRaw() {
        var raw = cooked
        cfmakeraw(&raw)
        while tcsetattr(descriptor, TCSANOW, &raw) != 0 && errno == EINTR {}
    }

    func restore() {
        var modes = cooked
        while tcsetattr(descriptor, TCSANOW, &modes) != 0 && errno == EINTR {}
    }

    /// Rows and columns; 24 by 80 where the terminal does not tell, as a serial line. What is beyond any real window stays
    /// blank: 65,535 squared would be all the memory.
    var size: (rows: Int, columns: Int) {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else { return (24, 80) }
        return (min(Int(size.ws_row), 1_000), min(Int(size.ws_col), 2_000))
    }

    func close() { _ = Glibc.close(descriptor) }
}
