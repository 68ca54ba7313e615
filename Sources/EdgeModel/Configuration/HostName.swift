internal import RulesLanguage

/// Host names as the edge compares them: lower-case A-labels without port or trailing dot.
package enum HostName {
    /// RFC 1123 letters, digits, hyphens and underscores in labels of 1...63, 253 in all; `*` as whole first label when
    /// a wildcard is allowed. U-labels are refused; people give the A-label (`xn--...`).
    package static func isValid(_ text: String, wildcard: Bool) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 253 else { return false }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        for (index, label) in labels.enumerated() {
            if wildcard, index == 0, label == "*", labels.count > 1 { continue }
            let bytes = Array(label.utf8)
            guard (1...63).contains(bytes.count), bytes.first != 45, bytes.last != 45 else { return false }
            for byte in bytes
            where
                !((97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == 45
                || byte == 95)
            {
                return false
            }
        }
        return true
    }

    /// Lower case, without one trailing dot; nil when it is no host name.
    package static func normalized(_ text: String, wildcard: Bool = true) -> String? {
        let trimmed = text.hasSuffix(".") ? String(text.dropLast()) : text
        return isValid(trimmed, wildcard: wildcard) ? trimmed.lowercased() : nil
    }

    package static func isIPAddress(_ text: String) -> Bool { IPAddress(text) != nil }
}
