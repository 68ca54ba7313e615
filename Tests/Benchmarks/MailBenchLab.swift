import EdgeModel
import FoundationEssentials
import Glibc
import Logging
import MailRouting
import PostfixEndpoints
import Synchronization
import TestKit
import WebTransport

/// Two Postfixes that differ in nothing but who says where mail goes, and what is needed around them.
final class MailBenchLab: Sendable {
    enum Variant: String, CaseIterable { case hash, rules }

    private let hash: PostfixInstance
    private let rules: PostfixInstance
    private let server: EndpointServer
    private let sink: ChildProcess
    private let recording: Task<Void, Never>
    private let folder: String
    private let count: Int

    private static let clock: @Sendable () -> Timestamp = {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }

    init(rules count: Int) async throws {
        self.count = count
        let sinkAddress = try FreePort.one()
        sink = try ChildProcess("/usr/sbin/smtp-sink", ["-u", "nobody", "\(sinkAddress)", "200"])
        let plan = try Self.plan(rules: count)
        let own = try PostfixInstance.prepare(
            relay: sinkAddress, settings: PostfixSettings(sockets: "signalbox", present: ["maillog_file": "x"]).text)
        folder = own.queue + "/signalbox"
        let memory = DecisionMemory()
        let log = Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }
        server = try await EndpointServer(
            folder: folder, desk: RoutingDesk(plan: plan, srs: nil, since: Timestamp(milliseconds: 0)), memory: memory,
            runner: WorkerRunner(web: Nothing(), programs: Nothing(), secret: { _ in [] }, now: Self.clock),
            now: Self.clock, log: log)
        rules = try await own.start()
        let recorder = MailRecorder(
            path: rules.logFile, ledger: Nothing(), memory: memory, plan: { plan }, now: Self.clock, log: log)
        recording = Task { await recorder.run() }

        let peer = try PostfixInstance.prepare(
            relay: sinkAddress,
            settings: """
                virtual_alias_domains = edge.test
                virtual_alias_maps = hash:$config_directory/aliases
                smtpd_relay_restrictions = reject_unauth_destination
                enable_long_queue_ids = yes
                """)
        var text = ""
        for number in 0..<count { text += "\(number)user@edge.test ops@dest.test\n" }
        try peer.folder.write(text, to: "etc/aliases")
        let made = try await ChildProcess.run(
            "/usr/sbin/postmap", ["-c", peer.configuration, "\(peer.configuration)/aliases"])
        guard made.exit.isSuccess else { throw PostfixInstance.Failure(what: made.errors) }
        hash = try await peer.start()
    }

    static func plan(rules count: Int) throws -> MailPlan {
        guard let destination = MailAddress("ops@dest.test") else { return .empty }
        let rules = (0..<count).compactMap { number in
            MailAddress("\(number)user@edge.test").map {
                MailRule(ref: "r-\(number)", matcher: .address($0), action: .forward([destination]))
            }
        }
        let ruleset = MailRuleset(domain: "edge.test", rules: rules, subaddressing: true, senderRewriting: false)
        return try MailPlan([LiveMailDomain(ruleset: ruleset, version: 1)], verified: [destination])
    }

    func stop() async {
        await rules.stop()
        await hash.stop()
        recording.cancel()
        await server.stop()
        await sink.terminate()
    }

    private func instance(_ variant: Variant) -> PostfixInstance { variant == .rules ? rules : hash }

    /// Messages a second, from the first byte until all have left the queue.
    func send(_ messages: Int, through variant: Variant) async throws -> Double {
        let postfix = instance(variant)
        var counter = LogCounter(postfix.logFile)
        let start = Monotonic.nanoseconds()
        let source = try await ChildProcess.run(
            "/usr/sbin/smtp-source",
            [
                "-s", "10", "-l", "2048", "-m", "\(messages)", "-N", "-f", "alice@sender.test", "-t", "user@edge.test",
                "\(postfix.smtp)",
            ], within: .seconds(120))
        guard source.exit.isSuccess else { throw PostfixInstance.Failure(what: "smtp-source: \(source.errors)") }
        var gone = 0
        while gone < messages {
            gone += counter.more(of: ": removed")
            guard Monotonic.nanoseconds() - start < 120_000_000_000 else {
                throw PostfixInstance.Failure(what: "\(gone) of \(messages) messages left the queue")
            }
            if gone < messages { try await Clocks.wait(until: Monotonic.nanoseconds() + 2_000_000) }
        }
        return Double(messages) / (Double(Monotonic.nanoseconds() - start) / 1e9)
    }

    /// Milliseconds of whole sessions of one message each, one after another.
    func sessions(_ number: Int, through variant: Variant) async throws -> [Double] {
        var times: [Double] = []
        for index in 0..<number {
            let start = Monotonic.nanoseconds()
            let outcome = try await SMTPClient.send(
                to: instance(variant).smtp, from: "alice@sender.test", recipients: ["\(index)user@edge.test"])
            guard outcome.data?.hasPrefix("250") == true else { throw PostfixInstance.Failure(what: "\(outcome)") }
            times.append(Double(Monotonic.nanoseconds() - start) / 1e6)
        }
        return times
    }

    // MARK: the endpoint alone

    func lookups(for seconds: Double, connections: Int) async throws -> Double {
        try await ask("map", seconds, connections, end: UInt8(ascii: ",")) { number in
            let text = "alias \(number)user@edge.test"
            return "\(text.utf8.count):\(text),"
        }
    }

    func decisions(for seconds: Double, connections: Int) async throws -> Double {
        try await ask("policy", seconds, connections, end: UInt8(ascii: "\n")) { number in
            """
            request=smtpd_access_policy
            protocol_state=RCPT
            protocol_name=ESMTP
            client_address=192.0.2.1
            client_name=client.test
            helo_name=client.test
            sender=alice@sender.test
            recipient=\(number)user@edge.test
            recipient_count=0
            queue_id=
            instance=\(number)
            size=2048


            """
        }
    }

    private func ask(
        _ socket: String, _ seconds: Double, _ connections: Int, end: UInt8,
        _ question: @escaping @Sendable (Int) -> String
    ) async throws -> Double {
        let (path, count) = ("\(folder)/\(socket)", count)
        let deadline = Monotonic.nanoseconds() + UInt64(seconds * 1e9)
        let answered = try await withThrowingTaskGroup(of: Int.self) { group in
            for connection in 0..<connections {
                group.addTask {
                    try await Blocking.run {
                        let descriptor = try Self.connect(path)
                        defer { close(descriptor) }
                        var done = 0
                        var answer = [UInt8](repeating: 0, count: 4096)
                        while Monotonic.nanoseconds() < deadline {
                            let text = Array(question((connection * 7919 + done) % count).utf8)
                            guard Glibc.send(descriptor, text, text.count, Int32(MSG_NOSIGNAL)) == text.count else {
                                break
                            }
                            let length = recv(descriptor, &answer, answer.count, 0)
                            guard length > 0, answer[length - 1] == end else { break }
                            done += 1
                        }
                        return done
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        return Double(answered) / seconds
    }

    private static func connect(_ path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8).prefix($0.count - 1)) }
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else {
            close(descriptor)
            throw PostfixInstance.Failure(what: "cannot connect to \(path)")
        }
        return descriptor
    }
}

/// Counts a text in what is added to a file.
private struct LogCounter {
    private let descriptor: Int32
    private var offset: off_t

    init(_ path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        offset = lseek(descriptor, 0, SEEK_END)
    }

    mutating func more(of text: String) -> Int {
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        let count = pread(descriptor, &chunk, chunk.count, offset)
        guard count > 0 else { return 0 }
        // Whole lines only, so that nothing is counted twice or cut.
        let end = (chunk[..<count].lastIndex(of: 0x0A) ?? -1) + 1
        offset += off_t(end)
        return String(decoding: chunk[..<end], as: UTF8.self).ranges(of: text).count
    }
}

/// Ports that nothing comes through.
private struct Nothing: WebTransport, ProgramRunner, MailLedger {
    func send(_ request: WebRequest) async throws(WebError) -> WebResponse {
        throw WebError(.cannotConnect, subject: "", message: "no web here", remedy: "")
    }
    func run(
        _ command: [String], input: [UInt8], variables: [String: String], within time: Duration, limit: Int
    ) async throws(WorkerError) -> [UInt8] { throw WorkerError("no programs here") }
    func record(_ events: [MailEvent]) throws -> Int { events.count }
    func record(_ events: [MailEvent], reader: String, position: String) throws -> Int { events.count }
    func activity(_ filter: MailActivityFilter) throws -> [MailActivity] { [] }
    func counters(domain: String?) throws -> [MailRuleCounters] { [] }
    func destinationFigures() throws -> [MailDestinationFigures] { [] }
    func position(of reader: String) throws -> String? { nil }
    func prune(before: Timestamp) throws -> Int { 0 }
}
