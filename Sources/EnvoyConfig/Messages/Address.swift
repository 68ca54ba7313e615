/// `envoy.config.core.v3.Address`: a socket or a unix socket.
struct Address: Encodable {
    struct Socket: Encodable {
        var address: String
        var portValue: Int
    }

    struct Pipe: Encodable {
        var path: String
        /// Permissions of the socket file.
        var mode: Int?
    }

    var socketAddress: Socket?
    var pipe: Pipe?

    static func socket(_ address: String, _ port: Int) -> Address {
        Address(socketAddress: Socket(address: address, portValue: port))
    }

    static func pipe(_ path: String, mode: Int? = nil) -> Address { Address(pipe: Pipe(path: path, mode: mode)) }
}
