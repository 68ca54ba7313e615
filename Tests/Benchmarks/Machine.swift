import FoundationEssentials
import Glibc
import TestKit

/// What the figures were measured on, and how quiet it was.
struct Machine: Encodable {
    let processor: String
    let processors: Int
    let kernel: String
    let noise: Noise

    /// How much a fixed piece of work varies, and how busy the machine is with other things.
    struct Noise: Encodable {
        /// One-minute load average.
        let load: Double
        /// 95th percentile over smallest of a fixed piece of work of about a millisecond; 1 is silence.
        let variation: Double

        var text: String {
            "load \(Figure.short(load)), fixed work varies × \(Figure.short(variation)) (p95 over best)"
        }
    }

    var text: String { "\(processor), \(processors) processors, Linux \(kernel), \(noise.text)" }

    static func look() -> Machine {
        let lines = ProcFile.text("/proc/cpuinfo").split(separator: "\n")
        let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        let kernel = ProcFile.text("/proc/sys/kernel/osrelease").trimmed
        return Machine(
            processor: model.map { String($0.drop { $0 == " " }) } ?? "processor of unknown model",
            processors: sysconf(Int32(_SC_NPROCESSORS_ONLN)), kernel: kernel, noise: noise())
    }

    static func noise() -> Noise {
        let load = ProcFile.text("/proc/loadavg").split(separator: " ").first.flatMap { Double($0) } ?? .nan
        let rounds = (0..<100).map { _ in work() }
        let samples = Samples(rounds)
        return Noise(load: load, variation: samples.quantile(0.95) / samples.smallest)
    }

    /// Nanoseconds of a fixed piece of arithmetic.
    private static func work() -> Double {
        let start = Monotonic.nanoseconds()
        var state: UInt64 = start | 1
        for _ in 0..<400_000 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
        }
        let end = Monotonic.nanoseconds()
        return Double(end - start) + (state == 0 ? 1 : 0)
    }
}
