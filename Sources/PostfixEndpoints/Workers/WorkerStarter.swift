/// Programs that work as they are: a person changes the lines at their top and has a worker.
package enum WorkerStarter: String, CaseIterable, Sendable {
    case blocklist
    case allowlist
    case contentFilter = "content-filter"
    case tag
    case chatPing = "chat-ping"

    /// One line for people.
    package var summary: String {
        switch self {
        case .blocklist: "refuses senders of a list"
        case .allowlist: "takes mail of a list of senders only"
        case .contentFilter: "refuses mail whose subject or text holds one of some words"
        case .tag: "adds an X- header to mail with one of some words"
        case .chatPing: "tells a chat of each mail through a Slack-compatible webhook"
        }
    }

    /// The program: a script for any POSIX shell.
    ///
    /// - Parameter destination: where mail goes that is not refused; a checked address.
    package func script(forwardingTo destination: String) -> String {
        """
        #!/bin/sh
        # Worker of Signalbox \(signature): \(summary).
        # Standard input: the message. MAIL_FROM, MAIL_TO, MAIL_RULE, MAIL_CLIENT and MAIL_AUTHENTICATION: its envelope.
        # Standard output: the verdict. Only verified destinations get mail.

        forward_to='\(destination)'
        \(settings)
        forward() { printf '{"action":"forward","to":["%s"]}\\n' "$forward_to"; exit 0; }
        reject() { printf '{"action":"reject","reason":"%s"}\\n' "$1"; exit 0; }

        # Whether the sender stands in a list of addresses and @domains.
        listed() {
            sender=$(printf '%s' "$MAIL_FROM" | tr 'A-Z' 'a-z')
            for entry in $1; do
                case $entry in
                @*) case $sender in *"$entry") return 0 ;; esac ;;
                *) [ "$sender" = "$entry" ] && return 0 ;;
                esac
            done
            return 1
        }

        \(body)
        """
    }

    private var settings: String {
        switch self {
        case .blocklist:
            """
            blocked='
            spammer@bad.example
            @worse.example
            '

            """
        case .allowlist:
            """
            allowed='
            friend@good.example
            @partner.example
            '

            """
        case .contentFilter, .tag:
            """
            # One to a line; letters are compared without case.
            words='
            cheap pills
            lottery winner
            '

            """
        case .chatPing:
            """
            # A file that holds the webhook's address and nothing else; readable by the server alone.
            webhook_file=/etc/signalbox/chat-webhook

            """
        }
    }

    /// The file that a script made of ``chatPing`` reads the webhook's address from, as it stands there now; nil of any
    /// other program, and where the shell would have to work it out.
    package static func webhookFile(in script: String) -> String? {
        guard script.contains(chatPing.signature) else { return nil }
        let line = script.split(separator: "\n").first { $0.hasPrefix("webhook_file=") }
        guard let value = line?.dropFirst("webhook_file=".count) else { return nil }
        let file = String(value.filter { $0 != "'" && $0 != "\"" })
        return file.hasPrefix("/") && !file.contains { "$`#; ".contains($0) } ? file : nil
    }

    /// Where a script made of a starter sends mail on, as it stands there now; nil of any other program.
    package static func destination(in script: String) -> String? {
        guard allCases.contains(where: { script.contains($0.signature) }) else { return nil }
        let line = script.split(separator: "\n").first { $0.hasPrefix("forward_to=") }
        return line.map { $0.dropFirst("forward_to=".count).filter { $0 != "'" && $0 != "\"" } }
    }

    /// In the first lines of its script.
    private var signature: String { "(starter \(rawValue))" }

    private var body: String {
        switch self {
        case .blocklist:
            """
            cat >/dev/null
            listed "$blocked" && reject 'Your address is blocked here'
            forward

            """
        case .allowlist:
            """
            cat >/dev/null
            listed "$allowed" || reject 'This address takes mail of known senders only'
            forward

            """
        case .contentFilter:
            """
            list=$(printf '%s' "$words" | sed '/^ *$/d')
            if [ -n "$list" ] && grep -qiF -e "$list"; then
                cat >/dev/null
                reject 'Refused for its content'
            fi
            forward

            """
        case .tag:
            """
            list=$(printf '%s' "$words" | sed '/^ *$/d')
            if [ -n "$list" ] && grep -qiF -e "$list"; then
                cat >/dev/null
                printf '{"action":"tag","to":["%s"],"tags":{"X-Worker-Tag":"words"}}\\n' "$forward_to"
                exit 0
            fi
            forward

            """
        case .chatPing:
            """
            # Printable characters only, so that nothing of the mail can become more than text in the chat's JSON.
            plain() { LC_ALL=C tr -cd ' -~' | sed 's/[\\\\\\\\"<>&]/ /g' | cut -c1-200; }
            subject=$(sed -n '/^$/q; /^.$/q; s/^[Ss]ubject: *//p' | head -n 1 | plain)
            from=$(printf '%s' "$MAIL_FROM" | plain)
            to=$(printf '%s' "$MAIL_TO" | plain)
            # Mail goes on whether or not the chat hears of it.
            if [ -r "$webhook_file" ]; then
                printf '{"text":"Mail from %s to %s: %s"}' "$from" "$to" "$subject" |
                    curl -fsS -m 5 -o /dev/null -H 'Content-Type: application/json' --data-binary @- \\
                        "$(cat "$webhook_file")" 2>/dev/null || true
            fi
            forward

            """
        }
    }
}
