package import WebTransport

/// What an operator pastes into a shell or a hosts file to look at staging with tools of their own.
package enum StagingHints {
    /// A curl command that sends this request to that address, quoted for a POSIX shell.
    ///
    /// A body that is no text cannot stand in a command; it is expected in a file named `body.bin`.
    package static func curlCommand(_ request: WebRequest, staging: WebAddress) -> String {
        var words = ["curl", "--connect-to", "::\(staging.bracketedHost):\(staging.port.map { "\($0)" } ?? "")"]
        if request.method == .head {
            words.append("--head")
        } else if request.method != .get && !(request.method == .post && !request.body.isEmpty) {
            words += ["--request", request.method.name]
        }
        for line in request.headers.lines {
            words += ["--header", line.value.isEmpty ? "\(line.name);" : "\(line.name): \(line.value)"]
        }
        if !request.body.isEmpty {
            // Otherwise curl claims that the body is a form.
            if request.headers.first("Content-Type") == nil { words += ["--header", "Content-Type:"] }
            let text = request.body.contains(0) ? nil : String(validating: request.body, as: UTF8.self)
            words += text.map { ["--data-raw", $0] } ?? ["--data-binary", "@body.bin"]
        }
        if request.pathAsIs { words.append("--path-as-is") }
        switch request.trust {
        case .system: break
        case .authority(let file): words += ["--cacert", file]
        case .insecure: words.append("--insecure")
        }
        if case .followed(let limit) = request.redirects { words += ["--location", "--max-redirs", "\(limit)"] }
        let url = "\(request.url)"
        // curl would expand these before it sends the URL.
        if url.contains(where: { "[]{}".contains($0) }) { words.append("--globoff") }
        words.append(url)
        return words.map(quoted).joined(separator: " ")
    }

    /// A line for the hosts file that leads every one of these hosts to the address. Its port is not part of the line:
    /// a hosts file knows none. Throws when the address is a name, or a host is none.
    package static func hostsLine(_ staging: WebAddress, hosts: [String]) throws(WebError) -> String {
        guard staging.isIP else {
            throw WebError(
                .invalidRequest, subject: "\(staging)", message: "A hosts file needs an IP address, not a name.",
                remedy: "Give the IP address of the staging edge.")
        }
        guard !hosts.isEmpty else {
            throw WebError(
                .invalidRequest, subject: "\(staging)", message: "No host is named.", remedy: "Name at least one host.")
        }
        var names: [String] = []
        for host in hosts {
            let name = try WebAddress(host: host).host
            guard !name.contains(":") else {
                throw WebError(
                    .invalidRequest, subject: host, message: "This is an address, not a host name.",
                    remedy: "Name the hosts of the zone.")
            }
            if !names.contains(name) { names.append(name) }
        }
        return ([staging.host] + names).joined(separator: " ")
    }

    /// As one word of a POSIX shell: bare when harmless, in single quotes otherwise.
    static func quoted(_ word: String) -> String {
        let isHarmless: (UInt8) -> Bool = { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                true
            default:
                "-_./:@%+=,".utf8.contains(byte)
            }
        }
        if !word.isEmpty, word.utf8.allSatisfy(isHarmless) { return word }
        // A quote inside single quotes: end them, a quoted quote, begin again.
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
