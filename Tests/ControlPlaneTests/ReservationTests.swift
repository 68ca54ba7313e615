import ControlPlane
import EdgeEngine
import EdgeModel
import EdgePlan
import RulesLanguage
import Testing

@Suite("Several versions staged at once, each on its own address")
struct ReservationTests {
    let account: Account
    private static let hour: Int64 = 3_600_000

    /// Staging has three addresses and serves shop@1; there are shop@2 and shop@3; production serves shop@1.
    init() throws {
        account = try Account()
        try account.withShop()
        var staging = try account.plane().environment(named: name("staging")).environment
        staging.stagingAddresses = ["127.0.0.21", "127.0.0.22", "127.0.0.23"]
        try account.apply(.environment(.replace(staging)))
        try account.apply(.assign(application: name("shop"), version: 1, environment: name("staging")))
        try account.apply(.promote(application: name("shop"), to: name("production")))
        for number in 2...3 { try account.draft([redirect("only-\(number)", path: "/\(number)")]) }
    }

    private func reserve(
        _ version: Int, by holder: String = "ada", at address: String? = nil, hours: Int64 = 2
    ) throws -> ChangeRequest {
        // The clock of the account begins here.
        let until = Timestamp(milliseconds: 1_800_000_000_000 + hours * Self.hour)
        return .reservation(
            .reserve(
                application: try name("shop"), version: version, environment: try name("staging"), address: address,
                holder: holder, until: until))
    }

    private func served(at address: String) throws -> String {
        try account.plane().trace(EdgeRequest(host: "example.com"), at: .stagingAddress(address)).explanation.label
    }

    @Test func eachAddressServesItsVersionAndProductionStaysAsItIs() throws {
        let production = try account.plane().status().expected.production
        try account.apply(reserve(2))
        try account.apply(reserve(3, by: "eve", at: "127.0.0.22"))
        let labels = try ["127.0.0.21", "127.0.0.22", "127.0.0.23"].map { try served(at: $0) }
        #expect(labels == ["shop@1", "shop@3", "shop@2"])
        #expect(try account.plane().status().expected.production == production)
        let holders = try account.plane().stagingAddresses().map { address in address.reservation?.holder }
        #expect(holders == [nil, "eve", "ada"])
        let answer = try account.plane().trace(EdgeRequest(host: "example.com"), at: .stagingAddress("127.0.0.23"))
        let asked = answer.selectors.flatMap { $0 }.map(\.expression)
        #expect(asked.contains("cf.edge.server_ip in {127.0.0.23}"))
        // The environment itself is asked on the address that is its own.
        let own = try account.plane().trace(EdgeRequest(host: "example.com"), at: .environment(name("staging")))
        #expect(own.explanation.label == "shop@1")
    }

    @Test func oneTracerTellsOfEveryAddress() throws {
        try account.apply(reserve(2))
        try account.apply(reserve(3, by: "eve", at: "127.0.0.22"))
        let tracer = try account.plane().tracer(of: "example.com", at: .environment(name("staging")))
        for address in ["127.0.0.21", "127.0.0.22", "127.0.0.23"] {
            let request = EdgeRequest(host: "example.com", target: "/3", destinationAddress: IPAddress(address))
            let own = try account.plane().trace(
                EdgeRequest(host: "example.com", target: "/3"), at: .stagingAddress(address))
            #expect(tracer.answer(request) == own)
            #expect(tracer.explanation(of: request).outcome == own.explanation.outcome)
        }
        #expect(tracer.explanation(of: EdgeRequest(host: "example.com")).label == "shop@1", "the environment's own")
        #expect(
            refusal { _ = try account.plane().tracer(of: "no.example", at: .environment(name("staging"))) }?.code
                == .notFound)
    }

    @Test func anotherApplicationAnswersOnAReservedAddressAsInTheEnvironment() throws {
        try account.importZone("other.example", rules: [])
        _ = try account.plane().createApplication(name("pay"), from: "other.example", purpose: "")
        try account.apply(.routing(.add(rule("pay", "starts_with(http.request.uri.path, \"/pay\")", "pay"), .first)))
        try account.apply(.assign(application: name("pay"), version: 1, environment: name("staging")))
        try account.apply(reserve(2, at: "127.0.0.22"))
        let pay = try account.plane().trace(
            EdgeRequest(host: "example.com", target: "/pay"), at: .stagingAddress("127.0.0.22"))
        #expect(pay.explanation.label == "pay@1")
        #expect(try served(at: "127.0.0.22") == "shop@2")
    }

    @Test func aConflictNamesHolderAndExpiry() throws {
        try account.apply(reserve(2, at: "127.0.0.22"))
        let error = refusal { try account.apply(reserve(3, by: "eve", at: "127.0.0.22")) }
        #expect(error?.code == .conflict)
        #expect(error?.message == "127.0.0.22 is ada's for shop@2 until 2027-01-15T10:00:00Z")
        try account.apply(reserve(3, by: "eve"))
        // One address stays the environment's own; the one that is free first is named.
        #expect(refusal { try account.apply(reserve(1, by: "bob")) }?.code == .conflict)
        #expect(refusal { try account.apply(reserve(1, by: "bob", at: "127.0.0.21")) }?.code == .refused)
        #expect(refusal { try account.apply(reserve(1, by: "bob", at: "127.0.0.99")) }?.code == .notFound)
    }

    @Test func afterItsTimeItStaysUntilSomebodyTakesIt() throws {
        try account.apply(reserve(2, at: "127.0.0.22", hours: 1))
        account.advance(seconds: 3601)
        #expect(try served(at: "127.0.0.22") == "shop@2")
        try account.apply(reserve(3, by: "eve", at: "127.0.0.22", hours: 3))
        #expect(try served(at: "127.0.0.22") == "shop@3")
    }

    @Test func theHolderProlongsAndReleasesOthersOnlyByForce() throws {
        try account.apply(reserve(2))
        try account.apply(reserve(2, hours: 5))
        let reservations = try account.plane().stagingAddresses().compactMap { $0.reservation }
        #expect(reservations.count == 1)
        func release(_ holder: String, anyway: Bool = false) throws {
            try account.apply(.reservation(.release(address: "127.0.0.23", holder: holder, anyway: anyway)))
        }
        #expect(refusal { try release("eve") }?.code == .refused)
        #expect(refusal { try account.plane().removeApplication(name("shop")) }?.code == .refused)
        try release("eve", anyway: true)
        #expect(try served(at: "127.0.0.23") == "shop@1")
        try account.apply(.undo(nil))
        #expect(try served(at: "127.0.0.23") == "shop@2")
        try release("ada")
        #expect(refusal { try release("ada") }?.code == .notFound)
        #expect(try account.plane().verifyAudit(head: nil) == [])
    }

    @Test func aReservationIsReadBackAsItWasKept() throws {
        let kept = StagingReservation(
            address: "2001:db8::1", application: try name("shop"), version: 5, holder: "ci bot (claimed; really root)",
            until: Timestamp(milliseconds: 1_800_000_000_123))
        #expect(StagingReservation(key: StagingReservation.key(of: kept.address), stored: kept.stored) == kept)
        for bad in ["", "shop", "shop x 2027-01-15T10:00:00Z a", "shop 5 soon a", "SHOP! 5 2027-01-15T10:00:00Z a"] {
            #expect(StagingReservation(key: StagingReservation.key(of: "a"), stored: bad) == nil, "\(bad)")
        }
    }
}
