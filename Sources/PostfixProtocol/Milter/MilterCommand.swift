package import NIOCore

/// What Postfix tells a milter.
package enum MilterCommand: Sendable, Hashable {
    case negotiate(version: UInt32, actions: UInt32, protocol: UInt32)
    /// Macros that belong to the command named by the byte.
    case macros(of: UInt8, [String: String])
    case connect(host: String, address: String)
    case helo(String)
    case mail(String)
    /// In angle brackets, and the parameters that came with it.
    case recipient(String, parameters: [String])
    case data
    case header(name: String, value: String)
    case endOfHeaders
    case body(ByteBuffer)
    case endOfMessage(ByteBuffer)
    case abort
    case quit
    /// The connection goes on with another client.
    case quitNewConnection
    /// A command of the client that Postfix does not know.
    case unknown

    package enum Failure: Error, Hashable {
        case short(command: UInt8)
        case unknown(command: UInt8)
    }

    package init(_ packet: MilterPacket) throws(Failure) {
        switch Unicode.Scalar(packet.command) {
        case "O":
            var data = packet.data
            guard let version = data.readInteger(as: UInt32.self), let actions = data.readInteger(as: UInt32.self),
                let steps = data.readInteger(as: UInt32.self)
            else { throw .short(command: packet.command) }
            self = .negotiate(version: version, actions: actions, protocol: steps)
        case "D":
            var data = packet.data
            guard let command = data.readInteger(as: UInt8.self) else { throw .short(command: packet.command) }
            let words = MilterPacket(command: 0, data: data).strings
            var macros: [String: String] = [:]
            for index in stride(from: 0, to: words.count - 1, by: 2) {
                let name = words[index].filter { $0 != "{" && $0 != "}" }
                macros[name] = words[index + 1]
            }
            self = .macros(of: command, macros)
        case "C": self = try Self.connection(packet)
        case "H": self = .helo(try Self.first(packet))
        case "M": self = .mail(try Self.first(packet))
        case "R": self = .recipient(try Self.first(packet), parameters: Array(packet.strings.dropFirst()))
        case "T": self = .data
        case "L":
            let words = packet.strings
            guard words.count >= 2 else { throw .short(command: packet.command) }
            self = .header(name: words[0], value: words[1])
        case "N": self = .endOfHeaders
        case "B": self = .body(packet.data)
        case "E": self = .endOfMessage(packet.data)
        case "A": self = .abort
        case "Q": self = .quit
        case "K": self = .quitNewConnection
        case "U": self = .unknown
        default: throw .unknown(command: packet.command)
        }
    }

    private static func first(_ packet: MilterPacket) throws(Failure) -> String {
        guard let word = packet.strings.first else { throw .short(command: packet.command) }
        return word
    }

    /// Host name, zero byte, family (`4`, `6`, `L` or `U`), port, address, zero byte.
    private static func connection(_ packet: MilterPacket) throws(Failure) -> MilterCommand {
        var data = packet.data
        guard let end = data.readableBytesView.firstIndex(of: 0),
            let host = data.readString(length: end - data.readerIndex), data.readInteger(as: UInt8.self) != nil,
            let family = data.readInteger(as: UInt8.self)
        else { throw .short(command: packet.command) }
        guard family != UInt8(ascii: "U") else { return .connect(host: host, address: "") }
        guard data.readInteger(as: UInt16.self) != nil else { throw .short(command: packet.command) }
        var address = MilterPacket(command: 0, data: data).strings.first ?? ""
        if address.hasPrefix("IPv6:") { address.removeFirst(5) }
        return .connect(host: host, address: address)
    }
}
