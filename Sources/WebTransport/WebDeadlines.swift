/// How long a request may take, from the moment it is handed over.
package struct WebDeadlines: Hashable, Sendable {
    /// Until the connection is usable: name lookup, TCP and TLS together.
    package let connect: Duration
    /// Until the last byte of the answer.
    package let total: Duration

    /// 5 seconds to connect, 30 in all.
    package static let standard = WebDeadlines(uncheckedConnect: .seconds(5), total: .seconds(30))

    /// Both must lie between one millisecond and 24 hours; throws ``WebError/Code/invalidRequest`` otherwise.
    package init(connect: Duration, total: Duration) throws(WebError) {
        for (name, value) in [("connect", connect), ("total", total)] {
            guard value >= .milliseconds(1), value <= .seconds(86_400) else {
                throw .invalid(
                    "\(value)", "The \(name) deadline must lie between 1 ms and 24 hours.",
                    remedy: "Give a deadline such as 5 seconds.")
            }
        }
        self.init(uncheckedConnect: connect, total: total)
    }

    private init(uncheckedConnect connect: Duration, total: Duration) {
        self.connect = connect
        self.total = total
    }
}
