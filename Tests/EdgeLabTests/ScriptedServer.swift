import Glibc
import Synchronization
import TestKit

/// A server that closes idle connections without a word, or changes its version when told; gone with the value.
final class ScriptedServer: Sendable {
    let address: HostPort
    private let listener: Int32
    private let core: Core

    private final class Core: Sendable {
        let state: Mutex<(version: String, answers: Int)>
        let answersPerConnection: Int

        init(version: String, answersPerConnection: Int) {
            state = Mutex((version, 0))
            self.answersPerConnection = answersPerConnection
        }

        func serve(_ client: Int32) {
            var scratch = [UInt8](repeating: 0, count: 4096)
            var parser = WireParser(.requests)
            var left = answersPerConnection
            while left > 0 {
                let count = recv(client, &scratch, scratch.count, 0)
                guard count > 0 else { break }
                parser.append(scratch[..<count])
                while let event = try? parser.next() {
                    guard event == .end else { continue }
                    let version = state.withLock { state in
                        state.answers += 1
                        return state.version
                    }
                    let answer = Array(
                        "HTTP/1.1 200 OK\r\nx-edge-version: \(version)\r\ncontent-length: 0\r\n\r\n".utf8)
                    left -= 1
                    // Held back until the end, so that the client gets the last answer and the close in one packet.
                    let flags = Int32(MSG_NOSIGNAL) | (left == 0 ? Int32(MSG_MORE) : 0)
                    send(client, answer, answer.count, flags)
                }
            }
            // A child started by another test meanwhile may have inherited the socket; close alone would not end it.
            shutdown(client, Int32(SHUT_RDWR))
            close(client)
        }
    }

    init(version: String = "1", answersPerConnection: Int = .max) throws {
        address = try FreePort.one()
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        self.listener = listener
        // As FreePort looks: a connection that a finished test left in TIME_WAIT does not take the port.
        var one: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        let core = Core(version: version, answersPerConnection: answersPerConnection)
        self.core = core
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = in_port_t(address.port).bigEndian
        inet_pton(AF_INET, address.host, &place.sin_addr)
        let bound = withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, listen(listener, 16) == 0 else { throw SocketFailure.other(errno) }
        Blocking.detach {
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { break }
                Blocking.detach { core.serve(client) }
            }
            close(listener)
        }
    }

    deinit {
        // Wakes the thread in accept, which then closes the socket.
        shutdown(listener, Int32(SHUT_RDWR))
    }

    var answers: Int { core.state.withLock { $0.answers } }

    var version: String {
        get { core.state.withLock { $0.version } }
        set { core.state.withLock { $0.version = newValue } }
    }
}
