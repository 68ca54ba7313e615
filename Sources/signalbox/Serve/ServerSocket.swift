internal import EdgeModel
internal import EdgePlan
internal import FoundationEssentials
internal import Glibc

/// The unix socket beside the state on which `serve` hears of commits: one line of JSON each way.
enum ServerSocket {
    static func path(of state: String) -> String { state + ".sock" }

    /// A wake-up never takes longer than this, in milliseconds, whatever the server does.
    static let patience: Int32 = 2000

    /// What became of a question.
    enum Reply {
        case noServer
        /// One runs, and has said nothing in time.
        case silence
        case line(String)

        var line: String? {
            guard case .line(let line) = self else { return nil }
            return line
        }
    }

    /// What a server says that was told of a commit.
    enum Word {
        case noServer
        /// One runs, and has not said yet what it publishes: it is busy.
        case untold
        case publishes(Publication)

        var isFromServer: Bool {
            guard case .noServer = self else { return true }
            return false
        }
    }

    /// Tells a running server that something was committed.
    /// - Returns: whether one runs.
    @discardableResult
    static func tellPublished(statePath: String) -> Bool { published(statePath: statePath).isFromServer }

    /// The same, with what it publishes then.
    static func published(statePath: String) -> Word {
        switch ask(request("published"), statePath: statePath) {
        case .noServer: return .noServer
        case .silence: return .untold
        case .line(let line):
            return (try? JSONDecoder().decode(Publication.self, from: Data(line.utf8))).map { .publishes($0) }
                ?? .untold
        }
    }

    /// Everything that is live now; nil when no server runs, or one that does not know it.
    static func live(statePath: String) -> LivePicture? {
        guard let line = ask(request("live"), statePath: statePath).line else { return nil }
        return try? JSONDecoder().decode(LivePicture.self, from: Data(line.utf8))
    }

    /// Has the nodes take on origins before the change that needs them is committed; nil when no server runs, or one that
    /// does not know how, or when they are more than fit into a line. Waits on a thread of its own.
    static func prepare(_ origins: [OriginPlan], statePath: String) async -> OriginReadiness? {
        guard let request = try? JSONEncoder().encode(OriginRequest(op: OriginRequest.operation, origins: origins)),
            request.count < longestLine
        else { return nil }
        let reply = await withCheckedContinuation { done in
            OwnThread.start {
                done.resume(returning: ask(String(decoding: request, as: UTF8.self), statePath: statePath))
            }
        }
        return reply.line.flatMap { try? JSONDecoder().decode(OriginReadiness.self, from: Data($0.utf8)) }
    }

    static func request(_ operation: String) -> String { #"{"op":"\#(operation)"}"# }

    /// What a line asks for; nil: it is no request.
    static func operation(of line: String) -> String? {
        struct Request: Decodable { var op: String }
        return (try? JSONDecoder().decode(Request.self, from: Data(line.utf8)))?.op
    }

    /// Sends a line as far as the other side takes it.
    @discardableResult
    static func send(_ line: String, to descriptor: Int32) -> Bool {
        let bytes = Array((line + "\n").utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Sends one line and gives the answer's.
    static func ask(_ line: String, statePath: String) -> Reply {
        guard let descriptor = connect(to: path(of: statePath)) else { return .noServer }
        defer { close(descriptor) }
        guard send(line, to: descriptor) else { return .silence }
        return readLine(descriptor, patience: patience).map { .line($0) } ?? .silence
    }

    static func connect(to path: String) -> Int32? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let code = withAddress(path) { Glibc.connect(descriptor, $0, $1) }
        guard code == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    static func disconnect(_ descriptor: Int32) { close(descriptor) }

    /// Whether a server runs on the state.
    static func isAnswering(statePath: String) -> Bool {
        guard let descriptor = connect(to: path(of: statePath)) else { return false }
        disconnect(descriptor)
        return true
    }

    private static let longestLine = 1 << 20

    /// One line of at most 1 MiB; nil when none comes in time.
    static func readLine(_ descriptor: Int32, patience: Int32) -> String? {
        var line: [UInt8] = []
        let deadline = ContinuousClock.now + .milliseconds(Int(patience))
        while line.count < longestLine {
            let left = Int32(clamping: Int((deadline - .now) / .milliseconds(1)))
            var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard left > 0, Glibc.poll(&poll, 1, left) > 0 else { return nil }
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            if let end = chunk[..<count].firstIndex(of: 0x0A) {
                return String(decoding: line + chunk[..<end], as: UTF8.self)
            }
            line += chunk[..<count]
        }
        return nil
    }

    /// A path longer than the 107 bytes of an address is reached through its opened folder.
    static func withAddress<T>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        var bytes = Array(path.utf8)
        var folder: Int32 = -1
        if bytes.count > room {
            folder = open(TextFile.parent(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            let name = path.split(separator: "/").last.map { String($0) } ?? ""
            bytes = Array("/proc/self/fd/\(folder)/\(name)".utf8)
        }
        defer { if folder >= 0 { close(folder) } }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes.prefix(room)) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}
