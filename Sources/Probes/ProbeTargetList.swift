package import WebTransport

/// A line of a URL list that cannot be used.
package struct ProbeTargetError: Error, Hashable, Sendable, Codable {
    /// From 1.
    package var line: Int
    /// The line as written, at most 200 characters.
    package var text: String
    package var message: String
    package var remedy: String
}

/// Every unusable line of a URL list.
package struct ProbeTargetErrors: Error, Hashable, Sendable, Codable {
    package var errors: [ProbeTargetError]
}

/// The requests of a `--urls` file.
///
/// One request a line: `URL`, or `METHOD URL`. `#` begins a comment at the start of a line or after a blank (elsewhere
/// it belongs to the URL). Empty lines are skipped; a byte order mark and CR LF line ends are taken.
package struct ProbeTargetList: Hashable, Sendable {
    package struct Target: Hashable, Sendable {
        package let line: Int
        package let method: WebMethod
        package let url: WebURL
    }

    package let targets: [Target]

    /// Whether every method only reads. Others would change production as well as staging.
    package var isSafe: Bool { targets.allSatisfy(\.method.isSafe) }

    /// Throws all errors of the text at once; a list without any request is one too.
    package init(_ text: String) throws(ProbeTargetErrors) {
        var targets: [Target] = []
        var errors: [ProbeTargetError] = []
        let scalars = text.unicodeScalars
        let body = scalars.first == "\u{FEFF}" ? scalars.dropFirst() : scalars[...]
        // Scalars and not characters: CR LF is one character, and would not be found as LF.
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, scalars) in lines.enumerated() {
            let line = scalars.last == "\r" ? String(scalars.dropLast()) : String(scalars)
            let words = ProbeTargetList.words(of: line)
            guard let last = words.last else { continue }
            let refuse: (String, String) -> Void = { message, remedy in
                errors.append(
                    ProbeTargetError(line: index + 1, text: String(line.prefix(200)), message: message, remedy: remedy))
            }
            guard words.count <= 2 else {
                refuse("There are \(words.count) words on the line.", "Write 'URL' or 'METHOD URL'.")
                continue
            }
            do throws(WebError) {
                let method = words.count == 2 ? try WebMethod(words[0]) : .get
                targets.append(Target(line: index + 1, method: method, url: try WebURL(last)))
            } catch {
                refuse(error.message, error.remedy)
            }
        }
        if targets.isEmpty, errors.isEmpty {
            errors.append(
                ProbeTargetError(line: 1, text: "", message: "The list holds no URL.", remedy: "Write one URL a line."))
        }
        guard errors.isEmpty else { throw ProbeTargetErrors(errors: errors) }
        self.targets = targets
    }

    /// The requests to send, all made from `template` but for method and URL.
    package func requests(like template: WebRequest) -> [WebRequest] {
        targets.map { target in
            var request = template
            request.method = target.method
            request.url = target.url
            return request
        }
    }

    private static func words(of line: String) -> [String] {
        var words: [String] = []
        for word in line.split(whereSeparator: { $0 == " " || $0 == "\t" }) {
            if word.first == "#" { break }
            words.append(String(word))
        }
        return words
    }
}
