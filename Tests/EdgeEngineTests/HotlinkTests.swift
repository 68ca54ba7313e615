import EdgeEngine
import EdgePlan
import Testing

@Suite("Hotlink protection")
struct HotlinkTests {
    private typealias S = EngineSamples

    private func zone() throws -> ZonePlan {
        var zone = S.zone([
            (
                .configSettings,
                [
                    try S.rule("protect", .configure(hotlinkProtection: true)),
                    try S.rule(
                        "share", if: #"starts_with(http.request.uri.path, "/press/")"#,
                        .configure(hotlinkProtection: false)),
                    try S.rule("nothing", .configure(hotlinkProtection: nil)),
                ]
            ),
            (.firewallCustom, [try S.rule("late", .log)]),
        ])
        zone.hosts = ["shop.example", "*.images.test", "partner.test"]
        return zone
    }

    @Test(
        "Pictures for pages of other sites are refused",
        arguments: [
            ("/a.png", "https://evil.test/page", true), ("/a.JPEG", "http://evil.test", true),
            ("/a.gif?x=1", "https://EVIL.test:8443?shop.example", true),
            // Envoy takes a referer with a user out, and what is left is a request without one.
            ("/a.ico", "https://shop.example@evil.test/", false), ("/a.jpg", "https://notshop.example/", true),
            ("/a.png", "https://images.test/", true),
            ("/a.png", "https://shop.example/page", false), ("/a.png", "https://SHOP.example:8443/", false),
            ("/a.png", "https://www.shop.example/", false), ("/a.png", "https://cdn.images.test/", false),
            ("/a.png", "https://partner.test#x", false), ("/a.png", "", false), ("/a.png", "about:blank", false),
            ("/a.html", "https://evil.test/", false), ("/png", "https://evil.test/", false),
            ("/press/a.png", "https://evil.test/", false),
        ])
    func referer(target: String, referer: String, refused: Bool) throws {
        let seen = try S.trace(try zone(), S.request(target, headers: [("Referer", referer)]))
        #expect(seen.outcome.kind == (refused ? .block : .forward))
        if refused {
            #expect(seen.outcome.status == 403 && seen.outcome.rule == "protect")
            #expect(seen.phases[1].rules.map(\.state) == [.notEvaluated])
            #expect(seen.phases[0].rules[0].effects.count == 2)
        }
    }

    @Test("Without a referer nothing is refused, and a trace says what is on")
    func none() throws {
        let seen = try S.trace(try zone(), S.request("/a.png"))
        #expect(seen.outcome.kind == .forward)
        #expect(
            seen.settings.contains { $0.name == "hotlink_protection" && $0.value == "true" && $0.setBy == "protect" })
    }
}
