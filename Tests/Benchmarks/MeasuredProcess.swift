import FoundationEssentials
import TestKit

/// A program run to its end, with the processor time and the memory it took.
struct MeasuredProcess: Sendable, Decodable {
    let status: Int
    /// Seconds from start to end.
    let wall: Double
    /// Seconds of processor time, user and system, of the program and what it started.
    let cpu: Double
    /// Kilobytes resident at most.
    let peak: Int
    let output: String
    let errors: String

    /// Waits for it in a small process of its own, whose only child it is: the kernel keeps these figures by parent.
    private static let waiter = """
        import json, resource, subprocess, sys, time
        start = time.monotonic()
        done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        wall = time.monotonic() - start
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(json.dumps({"status": done.returncode, "wall": wall, "cpu": used.ru_utime + used.ru_stime,
            "peak": used.ru_maxrss, "output": done.stdout.decode(errors="replace")[-2000:],
            "errors": done.stderr.decode(errors="replace")[-2000:]}))
        """

    /// Throws when it fails or takes longer than `limit`.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String?] = [:], within limit: Duration
    ) async throws -> MeasuredProcess {
        let waited = try await ChildProcess.run(
            "python3", ["-c", waiter, program] + arguments, environment: environment, within: limit)
        let measured = try JSONDecoder().decode(MeasuredProcess.self, from: Data(waited.output.utf8))
        guard measured.status == 0 else { throw Failed(program: program, errors: measured.errors) }
        return measured
    }

    struct Failed: Error {
        let program: String
        let errors: String
    }
}
