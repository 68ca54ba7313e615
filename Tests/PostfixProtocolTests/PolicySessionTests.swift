import EdgeModel
import MailRouting
import PostfixProtocol
import TestKit
import Testing

@Suite("Policy sessions")
struct PolicySessionTests {
    private static let now = Timestamp(milliseconds: 1_790_000_000_000)

    private static func desk() throws -> RoutingDesk {
        let ops = try #require(MailAddress("ops@dest.test"))
        let words = try #require(ResourceName(rawValue: "screen"))
        let rules = try (0..<200).map { number in
            MailRule(
                ref: "rule-number-\(number)", matcher: .address(try #require(MailAddress("user\(number)@edge.test"))),
                action: .forward([ops]))
        }
        let worker = MailRule(
            ref: "screened", matcher: .address(try #require(MailAddress("screened@edge.test"))), action: .worker(words))
        let ruleset = MailRuleset(domain: "edge.test", rules: rules + [worker], senderRewriting: false)
        return RoutingDesk(
            plan: try MailPlan([LiveMailDomain(ruleset: ruleset, version: 1)], verified: [ops]), srs: nil,
            since: Timestamp(milliseconds: 0))
    }

    private static func request(
        _ state: String, _ recipient: String = "", count: Int = 0, instance: String = "1"
    ) -> PolicyRequest {
        PolicyRequest(attributes: [
            "protocol_state": state, "recipient": recipient, "recipient_count": "\(count)", "instance": instance,
            "sender": "alice@sender.test", "client_address": "192.0.2.1",
        ])
    }

    @Test func theNoteTellsEveryRecipientOfTheMessageAndNoOther() throws {
        let desk = try Self.desk()
        var session = PolicySession()
        for number in [1, 2, 1] {
            #expect(
                session.handle(Self.request("RCPT", "USER\(number)@edge.test"), desk: desk, at: Self.now) == .accept)
        }
        let note = session.handle(Self.request("DATA", count: 3), desk: desk, at: Self.now)
        #expect(
            note
                == .note(
                    "signalbox forward=rule-number-1=1=user1_40edge.test= forward=rule-number-2=1=user2_40edge.test="))
        #expect(session.handle(Self.request("DATA", instance: "2"), desk: desk, at: Self.now) == .pass)
    }

    @Test func aMessageHasNoMoreRecipientsThanItsNoteCanName() throws {
        let desk = try Self.desk()
        var session = PolicySession()
        var taken = 0
        for number in 0..<200 {
            let reply = session.handle(Self.request("RCPT", "user\(number)@edge.test"), desk: desk, at: Self.now)
            if reply == .accept { taken += 1 }
            guard case .answer(let answer) = reply else { continue }
            #expect(answer.code == 452 && answer.status == "4.5.3")
        }
        #expect((20..<100).contains(taken))
        guard case .note(let text) = session.handle(Self.request("DATA", count: taken), desk: desk, at: Self.now) else {
            Issue.record("no note")
            return
        }
        #expect(text.utf8.count < 1_500)
        #expect(DecisionNote(text)?.entries.count == taken)
    }

    @Test func recipientsOfWorkersComeAlone() throws {
        let desk = try Self.desk()
        var session = PolicySession()
        let codes = ["screened@edge.test", "user1@edge.test", "screened@edge.test"].map { recipient in
            switch session.handle(Self.request("RCPT", recipient), desk: desk, at: Self.now) {
            case .accept: 250
            case .answer(let reply): reply.code
            default: 0
            }
        }
        #expect(codes == [250, 452, 452])
    }

    /// A server that was restarted between a recipient and the data knows nothing of the recipient.
    @Test func whatItWasNotToldIsDeferred() throws {
        let desk = try Self.desk()
        var session = PolicySession()
        #expect(session.handle(Self.request("RCPT", "user1@edge.test"), desk: desk, at: Self.now) == .accept)
        let reply = session.handle(Self.request("DATA", count: 2), desk: desk, at: Self.now)
        #expect(reply == .answer(SMTPReply(451, "4.3.0", "Mail routing began anew, please send this again")))
    }

    @Test(arguments: [
        "f=one=1=a=b=@forward.invalid", "x@drop.invalid", "none@GONE.invalid", "none@undecided.invalid",
        "r-1@worker.invalid",
    ])
    func addressesOfOurOwnAreTakenFromNobody(_ recipient: String) {
        var session = PolicySession()
        let request = PolicyRequest(attributes: [
            "protocol_state": "RCPT", "instance": "1", "sender": "a@b.test", "recipient": recipient,
        ])
        let desk = RoutingDesk(plan: .empty, srs: nil, since: Timestamp(milliseconds: 0))
        let reply = session.handle(request, desk: desk, at: Timestamp(milliseconds: 0))
        #expect(reply == .answer(SMTPReply(550, "5.1.2", "There is no such domain")))
    }

    @Test func theAliasMapAnswersEveryAddressOfAnOwnDomain() throws {
        let desk = try Self.desk()
        func alias(_ key: String) -> SocketmapReply {
            desk.answer(SocketmapRequest(map: "alias", key: key), at: Self.now)
        }
        #expect(alias("user7@edge.test") == .found("ops@dest.test"))
        #expect(alias("USER7@Edge.TEST") == .found("ops@dest.test"))
        #expect(alias("screened@edge.test") == .found("screened@worker.invalid"))
        for key in ["nobody@edge.test", "a b@edge.test", "@edge.test", "\u{fc}@edge.test", "SRS0=x=y=z=a@edge.test"] {
            guard case .found(let address) = alias(key) else {
                Issue.record("not answered: \(key)")
                continue
            }
            #expect(address.hasSuffix("@gone.invalid"), "\(key)")
        }
        for key in ["ops@dest.test", "edge.test", "", "x@sub.edge.test"] { #expect(alias(key) == .notFound, "\(key)") }
        #expect(
            desk.answer(SocketmapRequest(map: "other", key: "x"), at: Self.now) == .temporary("there is no map 'other'")
        )
    }
}
