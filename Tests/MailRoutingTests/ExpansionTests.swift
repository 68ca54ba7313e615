import MailRouting
import Testing

@Suite("What an alias map is answered")
struct ExpansionTests {
    @Test func everyAddressOfAnOwnDomainHasAnAnswerOutside() throws {
        let plan = try Routing.plan(
            """
            subaddressing: true
            rules:
              - {ref: many, to: many, action: forward, destinations: [a@dest.test, b@dest.test]}
              - {ref: quiet, to: quiet, action: drop}
              - {ref: hook, to: hook, action: worker, worker: filter}
              - {ref: shut, to: shut, action: reject, text: closed}
              - {ref: wait, to: wait, action: defer, text: later}
              - {ref: off, to: off, action: drop, enabled: false}
              - {ref: spam, if: 'mail.subject contains "win"', action: drop}
              - {ref: after, to: after, action: drop}
            """)
        func expansion(_ text: String) throws -> [String] {
            plan.expansion(of: try Routing.address(text), at: Routing.now).addresses.map(\.description)
        }
        #expect(try expansion("Many+tag@example.com") == ["a@dest.test", "b@dest.test"])
        #expect(try expansion("quiet@example.com") == ["quiet@drop.invalid"])
        #expect(try expansion("hook@example.com") == ["hook@worker.invalid"])
        #expect(try expansion("shut@example.com") == ["shut@gone.invalid"])
        #expect(try expansion("wait@example.com") == ["wait@undecided.invalid"])
        #expect(try expansion("after@example.com") == ["none@undecided.invalid"], "a condition may decide first")
        #expect(try expansion("off@example.com") == ["none@undecided.invalid"])
        #expect(try expansion("a@dest.test") == [])
        let plain = try Routing.plan("rules: [{ref: off, to: off, action: drop, enabled: false}]")
        #expect(
            plain.expansion(of: try Routing.address("off@example.com"), at: Routing.now).addresses.map(\.description)
                == ["off@gone.invalid"])
        #expect(
            plain.expansion(of: try Routing.address("x@example.com"), at: Routing.now).addresses.map(\.description)
                == ["none@gone.invalid"])
    }

    @Test func transportsKnowOnlyReservedAddresses() throws {
        let plan = try Routing.plan("{}")
        func transport(_ text: String) throws -> MailTransport { plan.transport(for: try Routing.address(text)) }
        #expect(try transport("r-1@drop.invalid") == .discard("rule r-1"))
        #expect(try transport("r-1@worker.invalid") == .retry("4.3.0 rule r-1: not decided yet"))
        #expect(try transport("none@gone.invalid") == .error("5.1.1 no such address"))
        #expect(try transport("a@dest.test") == .ordinary)
        #expect(try transport("a@other.invalid") == .ordinary)
        #expect(try transport("left@example.com") == .retry("4.3.0 not expanded"), "an own address never leaves")
    }
}
