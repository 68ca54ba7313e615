internal import FleetProtocol

/// Finds the cause in what Envoy prints when it does not like a configuration: one line among warnings and dumps.
enum EnvoyComplaint {
    /// Longest cause that is told, in characters.
    private static let limit = 600

    /// - Returns: the cause in Envoy's words, printable and short; nil when there is none to be found.
    static func cause(in output: String) -> String? {
        let marker = "error initializing configuration '"
        var text: Substring
        if let start = output.ranges(of: marker).last {
            text = output[start.upperBound...]
            // After the marker: the file's name in quotes and a colon.
            if let end = text.firstRange(of: "': ") { text = text[end.upperBound...] }
        } else if let line = output.split(separator: "\n").last(where: { $0.contains("[critical]") }) {
            text = line[...]
            if let end = text.range(ofLast: "] ") { text = text[end...] }
        } else {
            return nil
        }
        return shortened(text)
    }

    /// Errors of protobuf's constraints dump the message first, then name a chain of messages whose last link is the
    /// cause; errors of its JSON reader name the cause first and dump what they read after it.
    private static func shortened(_ text: Substring) -> String? {
        var cause = text
        var place = ""
        if let constraint = cause.ranges(of: "Proto constraint validation failed (").last {
            cause = cause[constraint.upperBound...]
            if let end = cause.firstIndex(of: "\n") { cause = cause[..<end] }
            let links = cause.split(separator: " | caused by ", omittingEmptySubsequences: true)
            if links.count > 1, let last = links.last {
                cause = last.hasSuffix(")") ? last.dropLast() : last
                place = links.dropLast().compactMap(indexed).joined(separator: ".")
            }
        } else {
            let lines = cause.split(separator: "\n", omittingEmptySubsequences: true)
            cause = lines.first { !$0.allSatisfy(\.isWhitespace) } ?? cause
            if let marker = cause.firstRange(of: "goo.gle/debugonly") { cause = cause[marker.upperBound...] }
        }
        let words = String(cause.drop(while: \.isWhitespace)) + (place.isEmpty ? "" : " (in \(place))")
        let visible = LogText.visible(words, limit: limit)
        return visible.isEmpty ? nil : visible
    }

    /// `StaticResourcesValidationError.Clusters[0]: ...` names a member of a list: `Clusters[0]`.
    private static func indexed(_ link: Substring) -> Substring? {
        guard let colon = link.firstIndex(of: ":"), let dot = link[..<colon].lastIndex(of: ".") else { return nil }
        let name = link[link.index(after: dot)..<colon]
        return name.hasSuffix("]") ? name : nil
    }
}

extension Substring {
    /// Where the text after the last occurrence begins.
    fileprivate func range(ofLast text: String) -> Index? { ranges(of: text).last?.upperBound }
}
