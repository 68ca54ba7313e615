import CTerminal
import Glibc

/// While the screen is up, descriptors 1 and 2 go to a file in memory: a stray line of a library would tear the screen.
/// What was caught is printed when the screen is gone.
struct OutputCapture {
    /// Where 1 and 2 really go.
    let output: Int32
    let errors: Int32
    let file: Int32

    /// More than this is not kept: a chatty library must not fill the memory of a console that is open all night.
    static let limit = 1 << 20

    init() throws(TerminalOpenFailure) {
        output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        errors = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
        file = ct_memory_file("console output")
        guard output >= 0, errors >= 0, file >= 0 else {
            let code = errno
            for descriptor in [output, errors, file] where descriptor >= 0 { Glibc.close(descriptor) }
            throw .system("dup", code)
        }
    }

    func begin() {
        fflush(nil)
        dup2(file, STDOUT_FILENO)
        dup2(file, STDERR_FILENO)
    }

    /// Gives 1 and 2 back.
    func pause() {
        fflush(nil)
        dup2(output, STDOUT_FILENO)
        dup2(errors, STDERR_FILENO)
    }

    /// Starts anew when too much was caught.
    func trim() {
        var facts = stat()
        if fstat(file, &facts) == 0, facts.st_size > Self.limit { ftruncate(file, 0) }
    }

    /// Prints what was caught on standard error, and forgets it.
    func replay() {
        var bytes = [UInt8](repeating: 0, count: 64 * 1024)
        var place = 0
        while true {
            let count = pread(file, &bytes, bytes.count, place)
            guard count > 0, write(STDERR_FILENO, bytes, count) == count else { break }
            place += count
        }
        ftruncate(file, 0)
    }

    func close() {
        for descriptor in [output, errors, file] { Glibc.close(descriptor) }
    }
}
