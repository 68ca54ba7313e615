import ControlPlane
import EdgeModel
import EdgePlan
import Testing

@Suite("Compiling again and again")
struct LiveCompilerTests {
    let account: Account

    init() throws {
        account = try Account()
        try account.withShop()
        try account.importZone("other.example", rules: [redirect("old", path: "/old")])
    }

    /// Every kind of change, one after another. The clock stands still, so that nothing but content tells them apart.
    private var changes: [(String, () throws -> Void)] {
        let (account, shop) = (account, "shop")
        let assign = { (version: Int) in
            try account.apply(.assign(application: name(shop), version: version, environment: name("staging")))
        }
        return [
            ("assign", { _ = try assign(1) }),
            ("promote", { try account.apply(.promote(application: name(shop), to: name("production"))) }),
            (
                "edit a draft that is staged",
                {
                    try account.draft([redirect("old-0", path: "/old/0")])
                    _ = try assign(2)
                    let latest = try #require(VersionReference("shop@latest"))
                    let text = configuration([redirect("old-0", path: "/old/0", to: "/newer")])
                    _ = try account.plane().applyVersion(latest, document: DocumentNode(text))
                }
            ),
            ("change a zone", { try account.importZone("other.example", rules: [redirect("old", path: "/older")]) }),
            (
                "another host",
                { try account.importZone("other.example", rules: [], hosts: ["other.example", "www.other.example"]) }
            ),
            ("one more zone", { try account.importZone("third.example", rules: []) }),
            (
                "a routing rule",
                { try account.apply(.routing(.add(rule("third", "http.host eq \"third.example\"", shop), .first))) }
            ),
            ("pin it", { try account.apply(.routing(.pin(name("third"), version: 1))) }),
            ("one zone less", { try account.apply(.zone(.remove("third.example"))) }),
            (
                "roll back",
                { try account.apply(.rollback(application: name(shop), environment: name("production"), to: nil)) }
            ),
        ]
    }

    @Test("What was taken over gives the same plan, digests and findings as compiling from nothing")
    func sameAsFromNothing() throws {
        var compiler = LiveCompiler()
        var seen: Set<String> = []
        for (what, change) in changes {
            try change()
            for _ in 0..<2 {
                let live = try compiler.compile(account.plane())
                let (plan, findings) = try account.plane().compile()
                #expect(live.plan == plan, "\(what)")
                #expect(live.findings == findings, "\(what)")
                #expect(live.digests == NetworkDigests(plan), "\(what)")
                seen.insert("\(live.digests)")
            }
        }
        #expect(seen.count >= changes.count - 1, "otherwise the changes change nothing")
    }
}
