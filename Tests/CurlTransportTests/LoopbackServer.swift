import Foundation

/// A web server in a process of its own that ends with this one; see `loopback_server.py` for what it answers.
final class LoopbackServer: Sendable {
    let port: Int

    /// One plain server, one TLS server and one on a unix socket serve all tests.
    static let plain = Result { try LoopbackServer([]) }
    static let unix = Result { try UnixServer() }
    static let tls = Result { try TLSServer() }

    init(_ arguments: [String]) throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("loopback_server.py").path
        let line = try LoopbackServer.firstLine(of: ["python3", script] + arguments)
        guard let port = Int(line) else { throw Failure(text: "the server said '\(line)'") }
        self.port = port
    }

    struct Failure: Error {
        let text: String
    }

    /// Starts a program and waits for its first line; a program that says nothing has ended or closed its output.
    private static func firstLine(of command: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data([0x0A]), !byte.isEmpty {
            line.append(byte)
        }
        return String(decoding: line, as: UTF8.self)
    }

    static func directory() throws -> URL {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "web-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        return directory
    }
}

/// The same server on a unix socket.
struct UnixServer {
    let path: String
    let server: LoopbackServer

    init() throws {
        let directory = try LoopbackServer.directory()
        path = directory.appendingPathComponent("s").path
        server = try LoopbackServer(["--unix", path, "--remove", directory.path])
    }
}

/// The same server behind TLS with a fresh certificate for shop.example, signed by itself.
struct TLSServer {
    let port: Int
    let authority: String

    init() throws {
        let directory = try LoopbackServer.directory()
        let (certificate, key) = (
            directory.appendingPathComponent("cert.pem").path, directory.appendingPathComponent("key.pem").path
        )
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2", "-subj", "/CN=shop.example", "-addext", "subjectAltName=DNS:shop.example", "-keyout", key, "-out",
            certificate,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw LoopbackServer.Failure(text: "openssl made no certificate") }
        port = try LoopbackServer(["--tls", certificate, key, "--remove", directory.path]).port
        authority = certificate
    }
}

/// What the server saw of a request to a path it has no special answer for.
struct Echo: Decodable {
    let method: String
    let target: String
    let headers: [[String]]
    let bodyDigest: String
    let bodyLength: Int
    let client: Int
    let serverName: String?

    init(_ body: [UInt8]) throws {
        self = try JSONDecoder().decode(Echo.self, from: Data(body))
    }
}
