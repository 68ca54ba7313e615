internal import EdgePlan
internal import Glibc

/// The key with which this node's live traces are signed: a file beside the module's library, which `node run` writes
/// before it starts Envoy. Without it, or with another content, every request is served as if no trace were asked for.
enum LiveTraceKey {
    static let file = "trace.key"

    /// Read once, when the module is loaded.
    static let known: TraceKey? = read()

    private static func read() -> TraceKey? {
        guard let folder = getenv("ENVOY_DYNAMIC_MODULES_SEARCH_PATH") else { return nil }
        let descriptor = open(String(cString: folder) + "/" + file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return withUnsafeTemporaryAllocation(byteCount: 80, alignment: 1) { bytes in
            let count = Glibc.read(descriptor, bytes.baseAddress, bytes.count)
            return TraceKey(hexadecimal: bytes.prefix(max(0, count)))
        }
    }
}
