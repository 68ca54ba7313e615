import FoundationEssentials
import Glibc

/// A whole Postfix of its own: configuration, queue and log in a temporary folder, one loopback port, no service of the
/// machine touched. Needs root, as Postfix does.
package final class PostfixInstance: Sendable {
    package let folder: TemporaryDirectory
    /// Where it takes mail.
    package let smtp: HostPort
    private let master: ChildProcess

    package var configuration: String { folder.path("etc") }
    package var queue: String { folder.path("queue") }
    package var logFile: String { folder.path("log/mail.log") }
    /// Of the process that starts all others.
    package var pid: Int32 { master.pid }
    package var log: String { (try? folder.read("log/mail.log")) ?? "" }

    /// Nil when Postfix is not installed or this is not root.
    package static var isPossible: Bool { geteuid() == 0 && access("\(daemons)/master", X_OK) == 0 }

    private static let daemons = "/usr/lib/postfix/sbin"
    private static let tools = "/usr/sbin"

    /// Makes the folder with all files, and starts nothing.
    ///
    /// - Parameters:
    ///   - relay: where all mail goes that is not discarded.
    ///   - settings: lines of main.cf that go last.
    package static func prepare(relay: HostPort, settings: String = "") throws -> Prepared {
        let folder = try TemporaryDirectory("postfix")
        // The user postfix must be able to search it.
        chmod(folder.path, 0o755)
        for name in ["etc", "queue", "data", "log"] { mkdir(folder.path(name), 0o755) }
        guard let owner = getpwnam("postfix") else { throw Failure(what: "there is no user postfix") }
        chown(folder.path("data"), owner.pointee.pw_uid, owner.pointee.pw_gid)
        let smtp = try FreePort.one()
        try folder.write(main(folder.path, relay) + settings + "\n", to: "etc/main.cf")
        try folder.write(services(smtp), to: "etc/master.cf")
        return Prepared(folder: folder, smtp: smtp)
    }

    /// What can still be changed before the start.
    package struct Prepared: Sendable {
        package let folder: TemporaryDirectory
        package let smtp: HostPort
        package var configuration: String { folder.path("etc") }
        package var queue: String { folder.path("queue") }

        /// Starts it and waits for its banner.
        package func start() async throws -> PostfixInstance { try await PostfixInstance(self) }
    }

    private init(_ prepared: Prepared) async throws {
        (folder, smtp) = (prepared.folder, prepared.smtp)
        let configuration = prepared.configuration
        // Makes the queue's folders.
        let check = try await ChildProcess.run("\(Self.tools)/postfix", ["-c", configuration, "check"])
        guard check.exit.isSuccess else { throw Failure(what: "postfix check: \(check.errors)\(check.output)") }
        master = try ChildProcess("\(Self.daemons)/master", ["-c", configuration, "-s"])
        try await waitForBanner()
    }

    package func waitForBanner() async throws {
        do {
            try await eventually("the banner of Postfix on \(smtp)") {
                _ = try await SMTPClient.send(to: self.smtp, from: "", recipients: [], seconds: 5)
                return true
            }
        } catch {
            throw Failure(what: "\(error)\n\(log.suffix(2_000))")
        }
    }

    package func reload() async throws { _ = try await tool("postfix", ["reload"]) }

    /// Tries deferred mail again now.
    package func flush() async throws { _ = try await tool("postqueue", ["-f"]) }

    /// Messages in the queue, a line of JSON each.
    package func queued() async throws -> [String] {
        let text = try await tool("postqueue", ["-j"])
        return text.split(separator: "\n").map { String($0) }
    }

    /// Hands a message to `sendmail`, as a program of the machine does.
    package func submit(from sender: String, to recipients: [String], text: String) async throws {
        let finished = try await ChildProcess.run(
            "\(Self.tools)/sendmail", ["-C", configuration, "-f", sender] + recipients, input: Array(text.utf8))
        guard finished.exit.isSuccess else { throw Failure(what: "sendmail: \(finished.errors)") }
    }

    package func tool(_ name: String, _ arguments: [String]) async throws -> String {
        let finished = try await ChildProcess.run("\(Self.tools)/\(name)", ["-c", configuration] + arguments)
        guard finished.exit.isSuccess else { throw Failure(what: "\(name): \(finished.errors)\(finished.output)") }
        return finished.output
    }

    /// Ends it; the folder goes with the value.
    package func stop() async { await master.terminate() }

    package struct Failure: Error, CustomStringConvertible {
        package let what: String
        package init(what: String) { self.what = what }
        package var description: String { what }
    }

    private static func main(_ root: String, _ relay: HostPort) -> String {
        """
        compatibility_level = 3.6
        queue_directory = \(root)/queue
        data_directory = \(root)/data
        command_directory = \(tools)
        daemon_directory = \(daemons)
        mail_owner = postfix
        setgid_group = postdrop
        maillog_file = \(root)/log/mail.log
        maillog_file_prefixes = \(root)
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        myhostname = mx.test
        mydomain = mx.test
        myorigin = mx.test
        mydestination =
        mynetworks =
        local_recipient_maps =
        alias_maps =
        alias_database =
        smtpd_banner = mx.test ESMTP
        biff = no
        append_dot_mydomain = no
        relayhost = [\(relay.host)]:\(relay.port)
        smtp_host_lookup = native
        disable_dns_lookups = yes
        smtp_tls_security_level = none
        smtpd_tls_security_level = none
        smtpd_peername_lookup = no
        smtpd_client_connection_rate_limit = 0
        smtpd_client_connection_count_limit = 0
        smtpd_soft_error_limit = 1000
        smtpd_hard_error_limit = 1000
        local_header_rewrite_clients =
        minimal_backoff_time = 2s
        maximal_backoff_time = 10s
        queue_run_delay = 2s
        maximal_queue_lifetime = 1h
        bounce_queue_lifetime = 1h
        default_destination_concurrency_limit = 20

        """
    }

    private static func services(_ smtp: HostPort) -> String {
        """
        \(smtp) inet n - n - - smtpd
        postlog unix-dgram n - n - 1 postlogd
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        pickup unix n - n 1 1 pickup
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        verify unix - - n - 1 verify
        flush unix n - n 1000? 0 flush
        proxymap unix - - n - - proxymap
        smtp unix - - n - - smtp
        relay unix - - n - - smtp
        error unix - - n - - error
        retry unix - - n - - error
        discard unix - - n - - discard
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        showq unix n - n - - showq
        tlsmgr unix - - n 1000? 1 tlsmgr

        """
    }
}
