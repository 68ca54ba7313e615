import FuzzTargets
import Glibc

/// The target of this run: `SIGNALBOX_FUZZ`.
private let target: FuzzTarget = {
    let name = getenv("SIGNALBOX_FUZZ").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
        let reason = "'\(name)' is not fuzzed; SIGNALBOX_FUZZ is one of \(names)\n"
        _ = reason.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        exit(64)
    }
    return target
}()

/// libFuzzer's door: its `main` calls this with one input after another.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
