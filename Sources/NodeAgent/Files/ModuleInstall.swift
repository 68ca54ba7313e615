internal import Glibc

/// Puts the edge module where Envoy loads it from: a copy, so that a build never changes a library in use.
enum ModuleInstall {
    /// Above this a file is no edge module.
    private static let limit = 512 << 20

    static func install(_ source: String, at place: String) throws(NodeAgentError) {
        guard let library = AtomicFile.read(source, limit: limit) else {
            throw NodeAgentError(
                .missing, at: source, "The edge module cannot be read.", remedy: "Build it with `make`, or name it.")
        }
        guard library.starts(with: [0x7F, UInt8(ascii: "E"), UInt8(ascii: "L"), UInt8(ascii: "F")]) else {
            throw NodeAgentError(
                .invalid, at: source, "This file is no library.", remedy: "Name the built libsignalbox_edge.so.")
        }
        try AtomicFile.write(library, to: place, mode: 0o600)
    }
}
