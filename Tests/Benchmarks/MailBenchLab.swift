import EdgeModel
import FoundationEssentials
import Glibc
import Logging
import MailRouting
import PostfixEndpoints
import PostfixProtocol
import StoreSQLite
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
    private let state: TemporaryDirectory
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
        state = try TemporaryDirectory("mail-ledger")
        let ledger = try SQLiteStore.open(
            path: state.path("state.db"), mode: .create(), options: .init(durability: .withTheNext))
        let recorder = MailRecorder(
            path: rules.logFile, ledger: ledger, memory: memory, plan: { plan }, now: Self.clock, log: log)
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

    /// What some messages took.
    struct Run {
        /// Messages a second, from the first byte until all have left the queue.
        var rate: Double
        /// Milliseconds of processor time for each: of Postfix's processes, and of this one, which is the endpoints, the
        /// reader of the log and whoever counts what has left the queue.
        var postfix: Double
        var own: Double
    }

    func send(_ messages: Int, through variant: Variant) async throws -> Run {
        let postfix = instance(variant)
        let before = (Self.ticks(of: postfix.pid), Self.ownSeconds())
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
            gone += counter.more()
            guard Monotonic.nanoseconds() - start < 120_000_000_000 else {
                throw PostfixInstance.Failure(what: "\(gone) of \(messages) messages left the queue")
            }
            if gone < messages { try await Clocks.wait(until: Monotonic.nanoseconds() + 10_000_000) }
        }
        let seconds = Double(Monotonic.nanoseconds() - start) / 1e9
        let ticks = Double(Self.ticks(of: postfix.pid) - before.0) / Double(sysconf(Int32(_SC_CLK_TCK)))
        let each = 1_000 / Double(messages)
        return Run(
            rate: Double(messages) / seconds, postfix: ticks * each, own: (Self.ownSeconds() - before.1) * each)
    }

    /// Processor time of a Postfix: its first process, those that it started, and those that have ended (proc(5)).
    private static func ticks(of master: Int32) -> Int {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap { Int32($0) }.reduce(0) { sum, pid in
            // The name in parentheses may hold anything.
            let fields = ProcFile.text("/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ") ?? []
            guard fields.count > 14, pid == master || fields[1] == "\(master)" else { return sum }
            return sum + (11...(pid == master ? 14 : 12)).reduce(0) { $0 + (Int(fields[$1]) ?? 0) }
        }
    }

    private static func ownSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
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

/// Counts the messages that leave the queue in what is added to a log.
private struct LogCounter {
    private let descriptor: Int32
    private var offset: off_t
    /// The beginning of a line whose end is missing.
    private var rest: [UInt8] = []
    private static let mark = Array(": removed".utf8)

    init(_ path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        offset = lseek(descriptor, 0, SEEK_END)
    }

    mutating func more() -> Int {
        var found = 0
        while true {
            let count = withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
                let count = max(0, pread(descriptor, buffer.baseAddress, buffer.count, offset))
                rest += buffer[..<count]
                return count
            }
            offset += off_t(count)
            var begin = rest.startIndex
            while let end = rest[begin...].firstIndex(of: 0x0A) {
                if rest[begin..<end].suffix(Self.mark.count).elementsEqual(Self.mark) { found += 1 }
                begin = end + 1
            }
            rest.removeFirst(begin)
            if count < 1 << 16 { return found }
        }
    }
}

/// Ports that nothing comes through.
private struct Nothing: WebTransport, ProgramRunner {
    func send(_ request: WebRequest) async throws(WebError) -> WebResponse {
        throw WebError(.cannotConnect, subject: "", message: "no web here", remedy: "")
    }
    func run(
        _ command: [String], input: [UInt8], variables: [String: String], within time: Duration, limit: Int
    ) async throws(WorkerError) -> [UInt8] { throw WorkerError("no programs here") }
}
