import EdgeModel
import MailRouting
import NIOCore
import PostfixProtocol

/// What Postfix, mail clients and workers send. The first byte says which of them; the rest is what came.
enum MailFuzz {
    static func run(_ bytes: [UInt8]) {
        guard let kind = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        switch Unicode.Scalar(kind) {
        case "p": policy(rest)
        case "n": netstrings(rest)
        case "m": milter(rest)
        case "h": headers(rest)
        case "l": log(rest)
        case "s": srs(rest)
        case "w": worker(rest)
        default: address(rest)
        }
    }

    private static let now = Timestamp(milliseconds: 1_795_260_600_000)
    private static let ops = MailAddress("ops@dest.test")

    /// Rules of each kind, one of them over the content.
    private static let desk: RoutingDesk = {
        let worker = ResourceName(rawValue: "screen")
        let to = ops.map { [$0] } ?? []
        var rules = [
            MailRule(ref: "spam", matcher: .expression(#"mail.subject contains "spam""#), action: .reject("no")),
            MailRule(ref: "inside", matcher: .expression("mail.client.ip in {192.0.2.0/24}"), action: .observe),
        ]
        for (local, action) in [("info", MailAction.forward(to)), ("gone", .drop), ("later", .deferral("later"))] {
            guard let address = MailAddress("\(local)@edge.test") else { continue }
            rules.append(MailRule(ref: local, matcher: .address(address), action: action))
        }
        let ruleset = MailRuleset(
            domain: "edge.test", rules: rules, catchAll: worker.map { MailCatchAll(action: .worker($0)) },
            subaddressing: true, authenticationServer: "mx.edge.test")
        let plan = try? MailPlan([LiveMailDomain(ruleset: ruleset, version: 1)], verified: Set(to))
        return RoutingDesk(
            plan: plan ?? .empty, srs: srs, verified: Set(to), since: Timestamp(milliseconds: 0))
    }()
    private static let srs = SRS(secret: Array("a secret of thirty-two bytes....".utf8))

    /// The same bytes at once, and in pieces of some sizes.
    private static func inPieces<T: Equatable>(_ bytes: [UInt8], _ read: ([ArraySlice<UInt8>]) -> T) {
        let whole = read([bytes[...]])
        for size in [1, 3, 64] {
            let pieces = stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<min($0 + size, bytes.count)] }
            hold(read(pieces) == whole, "it is one however it is cut")
        }
    }

    private static func isLine(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }

    private static func policy(_ bytes: [UInt8]) {
        inPieces(bytes) { pieces -> [String] in
            var (decoder, session, said) = (PolicyDecoder(), PolicySession(), [String]())
            for piece in pieces {
                decoder.append(ByteBuffer(bytes: piece))
                while let request = try? decoder.next() {
                    let text = session.handle(request, desk: desk, at: now).text
                    hold(text.hasSuffix("\n\n") && isLine(String(text.dropLast(2))), "an answer is one line")
                    said.append(text)
                }
            }
            return said
        }
    }

    private static func netstrings(_ bytes: [UInt8]) {
        inPieces(bytes) { pieces -> [String] in
            var (decoder, said) = (NetstringDecoder(limit: SocketmapRequest.limit), [String]())
            for piece in pieces {
                decoder.append(ByteBuffer(bytes: piece))
                while let payload = try? decoder.next() {
                    guard let request = SocketmapRequest(payload) else { continue }
                    let reply = desk.answer(request, at: now).payload
                    hold(isLine(reply) && reply.utf8.count <= SocketmapReply.limit, "an answer is one line")
                    said.append(reply)
                }
            }
            return said
        }
    }

    private static func milter(_ bytes: [UInt8]) {
        inPieces(bytes) { pieces -> [String] in
            var (decoder, session, said) = (MilterDecoder(), MilterSession(), [String]())
            for piece in pieces {
                decoder.append(ByteBuffer(bytes: piece))
                while let packet = try? decoder.next() {
                    guard let command = try? MilterCommand(packet) else { return said + ["refused"] }
                    for action in session.handle(command, desk: desk, at: now) {
                        switch action {
                        case .reply(let reply): said.append("\(reply)")
                        case .passed(_, let decided): said.append("passed \(decided.count)")
                        case .judge(let message): said.append("judge \(message.recipients.count) \(message.size)")
                        case .close: return said + ["closed"]
                        }
                    }
                }
            }
            return said
        }
    }

    private static func headers(_ bytes: [UInt8]) {
        let headers = MailMessage.headers(of: bytes)
        hold(headers.count <= MailMessage.mostHeaders, "headers have an end")
        hold(headers.allSatisfy { MailHeader.isName($0.name) }, "every header has a name")
        let content = MailContent(headers: headers, size: bytes.count, trusting: "mx.edge.test")
        for header in headers {
            guard let results = AuthenticationResults(header.value) else { continue }
            hold(!results.server.isEmpty, "results are somebody's")
        }
        guard let recipient = MailAddress("other@edge.test") else { return }
        let envelope = MailEnvelope(sender: nil, recipient: recipient)
        let decision = desk.plan.decide(envelope, content: content, at: now)
        hold(decision.outcome != .needsContent, "the content decides")
        hold(desk.plan.explain(envelope, content: content, at: now).decision == decision, "it is explained as it is")
    }

    private static func log(_ bytes: [UInt8]) {
        func events(_ reader: inout LogReader) -> [MailEvent] {
            var (events, offset) = ([MailEvent](), UInt64(0))
            for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
                let place = LogReader.Place(file: 7, offset: offset)
                events += reader.read(
                    Substring(decoding: line, as: UTF8.self), at: place, now: now, plan: desk.plan)
                offset += UInt64(line.count + 1)
            }
            return events
        }
        var (first, second) = (LogReader(), LogReader())
        let read = events(&first)
        hold(events(&second) == read, "a log read again tells the same")
        let resumption = first.resumption(at: LogReader.Place(file: 7, offset: UInt64(bytes.count + 1)))
        hold(LogReader.Place(resumption.text) == resumption, "a place is read as it was written")
    }

    private static func srs(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let day = Int(now.milliseconds / 86_400_000)
        hold((try? srs.reverse(local: text, day: day)) == nil, "nobody guesses a hash")
        guard let address = MailAddress(text) else { return }
        let forward = srs.forward(local: address.local, domain: address.domain, day: day)
        hold(SRS.isRewritten(forward), "it is known for what it is")
        let back = try? srs.reverse(local: forward, day: day + 3)
        if !SRS.isRewritten(address.local) {
            hold(back != nil, "there is a way back")
            // What another forwarder wrote, with a sign of his own, goes back to whom he wrote it for, or in capitals.
            let isForeign = ["srs0+", "srs0-", "srs1+", "srs1-"].contains { address.local.lowercased().hasPrefix($0) }
            hold(isForeign || (back?.local == address.local && back?.domain == address.domain), "it comes back")
        }
    }

    private static func worker(_ bytes: [UInt8]) {
        let verified = desk.verified
        do throws(WorkerError) {
            switch try WorkerAnswer.verdict(bytes, verified: verified).action {
            case .forward(let to):
                hold(!to.isEmpty && to.allSatisfy { verified.contains($0.folded) }, "mail goes where it may")
            case .reject(let reason): hold(isLine(reason), "a reason is one line")
            case .drop: break
            }
        } catch {
            hold(isLine(error.message) && error.message.utf8.count < 500, "words have an end")
        }
    }

    private static func address(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let address = MailAddress(text) {
            hold(MailAddress(address.description) == address, "an address is read as it was written")
            hold(isLine(address.description), "an address is one line")
        }
        if let decided = DecidedAddress(text) {
            hold(DecidedAddress(decided.text) == decided, "a decision is read as it was written")
        }
        if let note = DecisionNote(text) { hold(DecisionNote(note.text) == note, "a note is read as it was written") }
    }
}
