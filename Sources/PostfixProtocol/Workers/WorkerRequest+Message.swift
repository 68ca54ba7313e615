package import MailRouting
internal import NIOCore

extension WorkerRequest {
    /// A request about a message in a file, to try a worker with; lines end with LF or CR LF.
    package init(
        message bytes: [UInt8], rule: String, sender: String, recipient: MailAddress, trusting server: String?
    ) {
        let content = MailContent(headers: MailMessage.headers(of: bytes), size: bytes.count, trusting: server)
        self.init(
            rule: rule, queueID: "TEST", sender: sender, recipient: recipient, client: "", content: content,
            body: ByteBuffer(bytes: Self.body(of: bytes)))
    }

    /// What follows the first empty line.
    private static func body(of message: [UInt8]) -> ArraySlice<UInt8> {
        var rest = message[...]
        while let end = rest.firstIndex(of: 0x0A) {
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            if line.isEmpty || line.elementsEqual([0x0D]) { return rest }
        }
        return []
    }
}
