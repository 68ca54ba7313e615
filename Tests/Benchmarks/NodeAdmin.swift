import Glibc
import TestKit

/// Envoy's own figures of a node, over the socket in the node's folder that only its owner can reach.
enum NodeAdmin {
    struct Unreachable: Error {
        let node: String
    }

    /// A counter's value; nil when there is none of that name.
    static func counter(_ name: String, of node: EdgeNode) async throws -> Int? {
        let path = node.directory + "/admin.sock"
        let text = try await Blocking.run {
            guard let text = ask("/stats?filter=^\(name)$", at: path) else { throw Unreachable(node: node.name) }
            return text
        }
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("\(name): ") }
        return line.flatMap { Int($0.dropFirst(name.count + 2)) }
    }

    private static func ask(_ target: String, at path: String) -> String? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        let request = RawHTTP.format("GET", target, host: "admin", headers: [("Connection", "close")])
        guard connected == 0, send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            return nil
        }
        var answer: [UInt8] = []
        var scratch = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = recv(descriptor, &scratch, scratch.count, 0)
            guard count > 0 else { return String(decoding: answer, as: UTF8.self) }
            answer += scratch[..<count]
        }
    }
}
