/// A key of an object store. It shows its public half only, whoever prints it.
package struct S3Credentials: Sendable, Hashable {
    package let keyID: String
    let secret: String
    let sessionToken: String?

    package init(keyID: String, secret: String, sessionToken: String? = nil) {
        self.keyID = keyID
        self.secret = secret
        self.sessionToken = sessionToken
    }

    /// Reads what a secret resolved to: `KEY:SECRET` or `KEY:SECRET:TOKEN` on one line, or lines such as
    /// `aws_access_key_id = KEY` as in an AWS credentials file or an environment file (names in any case, an optional
    /// `export`). nil: neither.
    package init?(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline).map { Self.trimmed($0) }.filter {
            !$0.isEmpty && $0.first != "#" && $0.first != "["
        }
        if lines.count == 1, !lines[0].contains("=") || lines[0].contains(":") {
            let parts = lines[0].split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count >= 2, parts.allSatisfy(Self.isPlausible) else { return nil }
            self.init(keyID: parts[0], secret: parts[1], sessionToken: parts.count == 3 ? parts[2] : nil)
            return
        }
        var values: [String: String] = [:]
        for line in lines {
            guard let equals = line.firstIndex(of: "=") else { return nil }
            let name = Self.trimmed(line[..<equals]).lowercased()
            let value = Self.trimmed(line[line.index(after: equals)...])
            values[name.hasPrefix("export ") ? String(name.dropFirst(7)) : name] = value
        }
        guard let keyID = values["aws_access_key_id"], let secret = values["aws_secret_access_key"],
            Self.isPlausible(keyID), Self.isPlausible(secret)
        else { return nil }
        self.init(keyID: keyID, secret: secret, sessionToken: values["aws_session_token"])
    }

    /// Visible ASCII: what can stand in a header.
    private static func isPlausible(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let inner = text.drop(while: \.isWhitespace)
        let end = inner.lastIndex { !$0.isWhitespace }.map { inner.index(after: $0) } ?? inner.startIndex
        let value = inner[..<end]
        guard value.count >= 2, let first = value.first, first == value.last, first == "\"" || first == "'" else {
            return String(value)
        }
        return String(value.dropFirst().dropLast())
    }
}

extension S3Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "key \(keyID)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["keyID": keyID]) }
}
