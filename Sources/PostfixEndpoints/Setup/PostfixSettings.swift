/// The settings of main.cf with which a Postfix asks us: what stands there of others is kept, in its place.
///
/// `virtual_alias_domains` stays empty, because smtpd keeps its verdict on a domain for as long as the process lives; the
/// policy service decides about every recipient instead, and nothing of ours is remembered by Postfix.
package struct PostfixSettings: Sendable, Hashable {
    package struct Parameter: Sendable, Hashable {
        package let name: String
        package let value: String
        /// Why it is needed, for people.
        package let reason: String
    }

    package let parameters: [Parameter]

    /// Parameters whose present value ``init(sockets:present:log:)`` wants to know.
    package static let names = [
        "virtual_alias_domains", "virtual_alias_maps", "propagate_unmatched_extensions", "smtpd_relay_restrictions",
        "smtpd_reject_unlisted_recipient", "smtpd_data_restrictions", "smtpd_milters", "non_smtpd_milters",
        "transport_maps", "enable_long_queue_ids",
        "maillog_file", "maillog_file_prefixes",
    ]

    /// - Parameters:
    ///   - sockets: the folder of the endpoints' sockets, relative to the queue directory or absolute.
    ///   - present: values that main.cf has now.
    ///   - log: the file that Postfix's log is to go to where it goes to no file yet.
    package init(sockets: String, present: [String: String] = [:], log: String = "/var/log/postfix.log") {
        let policy =
            "check_policy_service { unix:\(sockets)/policy, timeout=10s, "
            + "default_action={ 451 4.3.2 Mail routing is not available } }"
        let milter =
            "{ unix:\(sockets)/milter, connect_timeout=10s, command_timeout=30s, content_timeout=200s, "
            + "default_action=tempfail }"
        let map = "socketmap:unix:\(sockets)/map:alias"
        func others(_ name: String) -> [String] {
            PostfixList.elements(present[name] ?? "").filter { !Self.isOwn($0) }
        }
        func restrictions(_ name: String) -> [String] {
            PostfixList.restrictions(present[name] ?? "").filter { !Self.isOwn($0) }
        }
        var relay = restrictions("smtpd_relay_restrictions")
        // Whatever happens, nobody else's mail is relayed.
        if !relay.contains(where: { ["reject", "reject_unauth_destination", "defer_unauth_destination"].contains($0) })
        {
            relay.append("reject_unauth_destination")
        }
        // smtpd asks every map about a recipient, ours too, before it says that nobody has it. It is told to do so in one
        // place, behind our answer, which ends the list for our domains: one question less for each recipient of ours.
        let isSwitchedOff = present["smtpd_reject_unlisted_recipient"] == "no" && !relay.contains(Self.unlisted)
        if !isSwitchedOff, !relay.contains(Self.unlisted) { relay.insert(Self.unlisted, at: 0) }
        var parameters = [
            Parameter(
                name: "virtual_alias_domains", value: "",
                reason: "smtpd would remember its verdict on a domain"),
            Parameter(
                name: "virtual_alias_maps", value: ([map] + others("virtual_alias_maps")).joined(separator: ", "),
                reason: "where mail of our domains goes"),
            Parameter(
                name: "propagate_unmatched_extensions", value: "", reason: "a +tag is not handed on to destinations"),
            Parameter(
                name: "smtpd_relay_restrictions", value: ([policy] + relay).joined(separator: ", "),
                reason: "which recipients are taken; all other mail is refused as before"),
            Parameter(
                name: "smtpd_reject_unlisted_recipient", value: "no",
                reason: "asked behind the policy service above, for other domains than ours"),
            Parameter(
                name: "smtpd_data_restrictions",
                value: ([policy] + restrictions("smtpd_data_restrictions")).joined(separator: ", "),
                reason: "writes into the log which rule decided"),
            // After those that verify SPF, DKIM and DMARC: their headers are to be seen.
            Parameter(
                name: "smtpd_milters", value: (others("smtpd_milters") + [milter]).joined(separator: ", "),
                reason: "content rules, workers, tags, sender rewriting"),
            Parameter(
                name: "non_smtpd_milters", value: (others("non_smtpd_milters") + [milter]).joined(separator: ", "),
                reason: "the same for mail of programs on this machine"),
            Parameter(
                name: "transport_maps", value: ([Self.transports] + others("transport_maps")).joined(separator: ", "),
                reason: "mail that is dropped, not decided yet, or addressed to nobody any more"),
            Parameter(
                name: "enable_long_queue_ids", value: "yes",
                reason: "a queue id names one message for ever, as counting asks"),
        ]
        if (present["maillog_file"] ?? "").isEmpty {
            parameters.append(
                Parameter(name: "maillog_file", value: log, reason: "counters and activity are read from the log"))
            let folder = log.split(separator: "/").dropLast().joined(separator: "/")
            let prefixes = PostfixList.elements(present["maillog_file_prefixes"] ?? "/var, /dev/stdout")
            if !prefixes.contains(where: { log.hasPrefix($0) }) {
                parameters.append(
                    Parameter(
                        name: "maillog_file_prefixes", value: (prefixes + ["/" + folder]).joined(separator: ", "),
                        reason: "Postfix writes its log nowhere else"))
            }
        }
        self.parameters = parameters
    }

    /// A table in main.cf itself: constant, so that no message waits for it.
    private static let transports =
        "inline:{ { drop.invalid = discard:by-rule }, { gone.invalid = error:5.1.1 no such address }, "
        + "{ undecided.invalid = retry:4.3.0 not decided yet }, { worker.invalid = retry:4.3.0 not decided yet }, "
        + "{ forward.invalid = retry:4.3.0 not expanded yet } }"

    private static let unlisted = "reject_unlisted_recipient"

    /// Whether `smtpd_milters` has somebody before us who may verify SPF, DKIM and DMARC, and remove what senders claim.
    package static func hasMilterBefore(_ milters: String) -> Bool {
        PostfixList.elements(milters).first.map { !isOwn($0) } ?? false
    }

    /// Whether an element of a list is one that we put there.
    static func isOwn(_ element: String) -> Bool {
        if element.hasPrefix("inline:"), element.contains("undecided.invalid") { return true }
        return ["/policy", "/milter", "/map:"].contains { socket in
            element.contains("unix:") && element.contains("signalbox\(socket)")
        }
    }

    /// Lines of main.cf.
    package var text: String { parameters.map { "\($0.name) = \($0.value)\n" }.joined() }
}
