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

    /// Errors of protobuf's constraints dump the message first and name the cause last; errors of its JSON reader name
    /// the cause first and dump what they read after it.
    private static func shortened(_ text: Substring) -> String? {
        var cause = text
        if let constraint = cause.ranges(of: "Proto constraint validation failed (").last {
            cause = cause[constraint.upperBound...]
            if let end = cause.firstIndex(of: "\n") { cause = cause[..<end] }
        } else {
            let lines = cause.split(separator: "\n", omittingEmptySubsequences: true)
            cause = lines.first { !$0.allSatisfy(\.isWhitespace) } ?? cause
        }
        let visible = LogText.visible(String(cause.drop(while: \.isWhitespace)), limit: limit)
        return visible.isEmpty ? nil : visible
    }
}

extension Substring {
    /// Where the text after the last occurrence begins.
    fileprivate func range(ofLast text: String) -> Index? { ranges(of: text).last?.upperBound }
}
