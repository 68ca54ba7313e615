/// Text of strangers made fit for a log line or a terminal.
package enum LogText {
    /// Printable ASCII only, everything else as `?`, cut at `limit` characters.
    package static func visible(_ text: String, limit: Int = 200) -> String {
        let bytes = text.unicodeScalars.prefix(limit).map { (32...126).contains($0.value) ? UInt8($0.value) : 63 }
        return String(decoding: bytes, as: UTF8.self)
    }
}
