import FuzzTargets
import Glibc

/// `fuzzreplay TARGET FILE…` runs files of a corpus, one after another, within 5 seconds of processor time each and
/// 1 GiB of memory. The name of each is printed before it runs, so that the last one names what went wrong.
@main
struct FuzzReplay {
    static func main() {
        let words = CommandLine.arguments
        guard words.count > 2, let target = FuzzTarget(rawValue: words[1]) else {
            let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: " ")
            fail("usage: fuzzreplay TARGET FILE...; targets: \(names)", 64)
        }
        var memory = rlimit(rlim_cur: 1 << 30, rlim_max: 1 << 30)
        setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &memory)
        for path in words.dropFirst(2) {
            guard let bytes = read(path) else { fail("cannot read \(path)", 66) }
            print(path)
            fflush(nil)
            // The kernel ends the process by SIGXCPU at the limit, whatever it is doing.
            var used = rusage()
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &used)
            var time = rlimit(rlim_cur: rlim_t(used.ru_utime.tv_sec + used.ru_stime.tv_sec + 6), rlim_max: .max)
            setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &time)
            target.run(bytes)
        }
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return bytes
    }

    private static func fail(_ reason: String, _ status: Int32) -> Never {
        _ = (reason + "\n").withCString { write(STDERR_FILENO, $0, strlen($0)) }
        exit(status)
    }
}
