import ControlPlane
import EdgeModel
import StoreContract
import Testing

@Suite("What is stored is what digests and journal tell")
struct ContentsTests {
    let account: Account

    init() throws {
        account = try Account()
        try account.withShopInProduction()
        try account.draft([redirect("new", path: "/new")])
    }

    private func places() throws -> [String] {
        try account.plane().verifyContents().map { "\($0.code) \($0.place)" }
    }

    @Test func whatSignalboxWroteIsInOrder() throws {
        #expect(try places() == [])
        try account.apply(.rollback(application: name("shop"), environment: name("production"), to: nil))
        #expect(try places() == [])
        try account.apply(.undo(nil))
        #expect(try places() == [])
    }

    @Test func contentPutBesideItsDigestIsFound() throws {
        try account.store.write { tx in
            let versions = try tx.versions(of: name("shop"))
            let (locked, draft) = (versions[0], versions[1])
            let text = try #require(try tx.configuration(locked.id))
            try tx.putVersion(draft, configuration: text)
        }
        #expect(try places() == ["content-altered shop@2"])
    }

    @Test func anAssignmentWithoutADeploymentIsFound() throws {
        try account.store.write {
            try $0.putAssignment(application: name("shop"), environment: name("production"), version: 2)
        }
        #expect(try places() == ["assignment-altered shop in production"])
    }
}
