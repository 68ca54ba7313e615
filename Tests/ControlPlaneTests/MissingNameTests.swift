import ControlPlane
import EdgeModel
import MailRouting
import StoreContract
import Testing

/// A name that is not there is told with the one that may have been meant.
@Suite struct MissingNameTests {
    private let account: Account

    init() throws {
        account = try Account()
        try account.withShop()
        _ = try account.plane().createNode(name("fra1"), region: "fra")
        _ = try mail.addDomain("mail.example")
    }

    private var mail: MailControl { MailControl(store: account.store, plane: account.plane()) }

    @Test func theNearestIsAskedFor() throws {
        let plane = account.plane()
        let errors = [
            refusal { _ = try plane.resolve(VersionReference(application: name("shpo"), selector: .latest)) },
            refusal { _ = try plane.zone(named: "exmaple.com") },
            refusal { _ = try plane.plan(.promote(application: name("shop"), to: name("producton"))) },
            refusal { _ = try plane.routingRule(named: name("shop-al")) },
            refusal { _ = try plane.node(named: name("fra2")) },
            refusal { _ = try mail.domain(named: "mial.example") },
        ]
        #expect(
            errors.map { $0?.message } == [
                "there is no application 'shpo'; did you mean 'shop'?",
                "there is no zone 'exmaple.com'; did you mean 'example.com'?",
                "there is no environment 'producton'; did you mean 'production'?",
                "there is no routing rule 'shop-al'; did you mean 'shop-all'?",
                "there is no node 'fra2'; did you mean 'fra1'?",
                "there is no email domain 'mial.example'; did you mean 'mail.example'?",
            ])
        #expect(errors.allSatisfy { $0?.code == .notFound })
    }

    @Test func whatResemblesNothingIsNotGuessed() throws {
        let error = refusal { _ = try account.plane().zone(named: "other.org") }
        #expect(error?.message == "there is no zone 'other.org'")
        #expect(error?.remedy == "signalbox zone list")
    }
}
