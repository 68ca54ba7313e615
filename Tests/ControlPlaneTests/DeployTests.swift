import ControlPlane
import EdgeModel
import EdgePlan
import Testing

@Suite("Assign, promote, roll back, undo")
struct DeployTests {
    let account: Account

    init() throws {
        account = try Account()
        try account.withShop()
    }

    private func assign(_ number: Int) throws {
        try account.apply(.assign(application: name("shop"), version: number, environment: name("staging")))
    }

    private func promote(_ edit: (inout ApplyOptions) -> Void = { _ in }) throws -> Deployment {
        try account.apply(.promote(application: name("shop"), to: name("production")), edit)
    }

    @Test func aVersionGoesThroughStagingToProductionAndBack() throws {
        try assign(1)
        _ = try promote()
        let second = try account.draft([
            redirect("old-0", path: "/old/0"), redirect("old-1", path: "/old/1"), redirect("old-2", path: "/old/2"),
            redirect("more", path: "/more"),
        ])
        try assign(second.number)
        #expect(try account.served("production") == 1)
        let deployment = try promote()
        #expect(try account.served("production") == 2)
        #expect(deployment.kind == .promote)
        let back = try account.apply(.rollback(application: name("shop"), environment: name("production"), to: nil))
        #expect(try account.served("production") == 1)
        #expect(
            back.change
                == .assignment(application: try name("shop"), environment: try name("production"), from: 2, to: 1))
    }

    @Test func promotingLocksADraft() throws {
        let draft = try account.draft([
            redirect("old-0", path: "/old/0"), redirect("old-1", path: "/old/1"), redirect("old-2", path: "/old/2"),
        ])
        try assign(draft.number)
        #expect(try account.plane().resolve(#require(VersionReference("shop@2"))).state == .draft)
        _ = try promote()
        #expect(try account.plane().resolve(#require(VersionReference("shop@2"))).state == .locked)
        let error = refusal {
            _ = try account.plane().applyVersion(
                #require(VersionReference("shop@2")), document: DocumentNode(configuration([])))
        }
        #expect(error?.code == .refused)
        #expect(error?.remedy.contains("signalbox version create shop --from shop@2") == true)
    }

    @Test func aNoOpPromotionIsRefused() throws {
        try assign(1)
        _ = try promote()
        let error = refusal { _ = try promote() }
        #expect(error?.code == .refused)
        #expect(error?.message == "production already serves shop@1")
    }

    @Test func onlyTheNextRankIsPromotedTo() throws {
        try account.apply(
            .environment(
                .create(
                    Environment(
                        name: name("canary"), rank: 1, filter: "http.user_agent eq \"c\"", stagingAddresses: [],
                        lockOnDeploy: false))))
        try assign(1)
        let error = refusal { _ = try promote() }
        #expect(error?.code == .refused)
        #expect(error?.remedy == "signalbox promote shop --to canary")
        try account.apply(.promote(application: name("shop"), to: name("canary")))
        _ = try promote()
        #expect(try account.served("production") == 1)
        let direct = refusal {
            try account.apply(.assign(application: name("shop"), version: 1, environment: name("canary")))
        }
        #expect(direct?.code == .refused)
    }

    @Test func theFirstDeploymentRollsBackToTheZonesOwnConfiguration() throws {
        try assign(1)
        _ = try promote()
        try account.apply(.rollback(application: name("shop"), environment: name("production"), to: nil))
        #expect(try account.served("production") == nil)
        let plan = try account.plane().compile().0
        #expect(plan.production.zones.first?.selectors.allSatisfy { $0.configuration == 0 } == true)
        let error = refusal {
            try account.apply(.rollback(application: name("shop"), environment: name("production"), to: nil))
        }
        #expect(error?.code == .refused)
        #expect(error?.message == "production is back at the zone's own configuration, and nothing lies before it")
        #expect(error?.remedy == "signalbox rollback shop --env production --to 1")
    }

    @Test func whereNoVersionWasEverServedThereIsNoWayBack() throws {
        let error = refusal {
            try account.apply(.rollback(application: name("shop"), environment: name("production"), to: nil))
        }
        #expect(error?.message == "production has never served a version of shop")
    }

    @Test func whatWasRolledBackIsOfferedAgainWithAWord() throws {
        try assign(1)
        _ = try promote()
        try account.draft([
            redirect("old-0", path: "/2"), redirect("old-1", path: "/old/1"), redirect("old-2", path: "/old/2"),
        ])
        try assign(2)
        let promotion = ChangeRequest.promote(application: try name("shop"), to: try name("production"))
        func words() throws -> [String] {
            try account.plane().plan(promotion).findings.filter { $0.code == "rolled-back" }.map(\.message)
        }
        #expect(try words() == [])
        _ = try promote()
        try account.apply(.rollback(application: name("shop"), environment: name("production"), to: nil)) {
            $0.reason = "the cart is empty"
        }
        let told = try #require(try words().first)
        #expect(told.contains("rolled it back in production at ") && told.hasSuffix(": the cart is empty"), "\(told)")
        _ = try promote()
        try account.draft([
            redirect("old-0", path: "/3"), redirect("old-1", path: "/old/1"), redirect("old-2", path: "/old/2"),
        ])
        try assign(3)
        #expect(try words() == [], "another version was not")
    }

    @Test func rollingBackTwiceGoesFurtherBack() throws {
        for number in 1...3 {
            if number > 1 {
                try account.draft([
                    redirect("old-0", path: "/\(number)"), redirect("old-1", path: "/old/1"),
                    redirect("old-2", path: "/old/2"),
                ])
            }
            try assign(number)
            _ = try promote {
                $0.force = true
                $0.reason = "test"
            }
        }
        let rollback = ChangeRequest.rollback(
            application: try name("shop"), environment: try name("production"), to: nil)
        try account.apply(rollback)
        #expect(try account.served("production") == 2)
        try account.apply(rollback)
        #expect(try account.served("production") == 1)
    }

    @Test func rollingBackPassesGates() throws {
        try assign(1)
        _ = try promote()
        let bad: DocumentValue = .object([
            "ref": .string("odd"), "expression": .string("cf.threat_score gt 10"), "action": .string("redirect"),
            "action_parameters": redirect("x", path: "/")["action_parameters"],
        ])
        try account.draft([
            redirect("old-0", path: "/old/0"), redirect("old-1", path: "/old/1"), redirect("old-2", path: "/old/2"),
            bad,
        ])
        let error = refusal { try assign(2) }
        #expect(error?.code == .refused)
        #expect(
            error?.findings.contains {
                $0.code == "field-never-filled" && $0.message.contains("odd") && $0.message.contains("cf.threat_score")
            } == true)
        try account.apply(.rollback(application: name("shop"), environment: name("production"), to: 2))
        #expect(try account.served("production") == 2)
    }

    @Test func whatWasReviewedIsWhatIsApplied() throws {
        try account.draft([
            redirect("old-0", path: "/old/0"), redirect("old-1", path: "/old/1"), redirect("old-2", path: "/old/2"),
        ])
        let plan = try account.plane().plan(
            .assign(application: name("shop"), version: 2, environment: name("staging")))
        _ = try account.plane().applyVersion(
            #require(VersionReference("shop@2")),
            document: DocumentNode(configuration([redirect("sneaked-in", path: "/x")])))
        let error = refusal { _ = try account.plane().apply(plan) }
        #expect(error?.code == .stale)
        #expect(try account.served("staging") == nil)
    }

    @Test func ofTwoOperatorsOneWins() throws {
        try assign(1)
        let request = ChangeRequest.promote(application: try name("shop"), to: try name("production"))
        let (first, second) = (try account.plane(as: "ada").plan(request), try account.plane(as: "ben").plan(request))
        try account.plane(as: "ada").apply(first)
        let error = refusal { try account.plane(as: "ben").apply(second) }
        #expect(error?.code == .conflict)
        #expect(error?.details.first?.contains("by ada") == true)
        #expect(error?.details.first?.contains("zone's own → shop@1 in production") == true)
    }

    @Test func aVersionMadeFromAnOlderOneIsAStaleBase() throws {
        try assign(1)
        _ = try promote()
        try account.draft([
            redirect("old-0", path: "/old/0"), redirect("old-1", path: "/old/1"), redirect("fix", path: "/fix"),
            redirect("old-2", path: "/old/2"),
        ])
        try assign(2)
        _ = try promote()
        try account.draft(
            [redirect("old-0", path: "/old/0"), redirect("old-1", path: "/old/1"), redirect("old-2", path: "/old/2")],
            from: "shop@1")
        try assign(3)
        let error = refusal { _ = try promote() }
        #expect(error?.code == .refused)
        #expect(error?.message.contains("was not made from shop@2") == true)
        _ = try promote { $0.allowStaleBase = true }
        #expect(try account.served("production") == 3)
    }

    @Test func aLargeShareOfRemovedRulesNeedsForceAndReason() throws {
        let account = try Account()
        try account.withShop(redirects: 10)
        let shop = try name("shop")
        try account.apply(.assign(application: shop, version: 1, environment: name("staging")))
        try account.apply(.promote(application: shop, to: name("production")))
        try account.draft((0..<6).map { redirect("old-\($0)", path: "/old/\($0)") })
        try account.apply(.assign(application: shop, version: 2, environment: name("staging"))) {
            $0.force = true
            $0.reason = "clean-up"
        }
        let request = ChangeRequest.promote(application: shop, to: try name("production"))
        let error = refusal { try account.apply(request) }
        #expect(error?.details == ["4 of 10 rules would be removed (40 %; the limit is 30 %)"])
        #expect(refusal { try account.apply(request) { $0.force = true } }?.code == .refused)
        let done = try account.apply(request) {
            $0.force = true
            $0.reason = "clean-up"
        }
        #expect(done.evidence["forced"]?.contains("40 %") == true)
        #expect(done.reason == "clean-up")
    }

    @Test func undoReversesTheNewestEntryWithinFiveMinutes() throws {
        try assign(1)
        _ = try promote()
        account.advance(seconds: 299)
        let undone = try account.apply(.undo(nil))
        #expect(try account.served("production") == nil)
        #expect(undone.undoes == 4)
        _ = try promote()
        account.advance(seconds: 301)
        #expect(refusal { try account.apply(.undo(nil)) }?.code == .refused)
    }

    @Test func undoIsRefusedWhenSomebodyChangedTheSameSince() throws {
        try assign(1)
        let entry = try promote()
        try account.apply(.rollback(application: name("shop"), environment: name("production"), to: nil), as: "ben")
        let error = refusal { try account.apply(.undo(entry.id)) }
        #expect(error?.code == .refused)
        #expect(error?.message.contains("ben changed the same thing") == true)
        #expect(error?.details == ["shop@1 → zone's own in production"])
    }

    @Test func undoPutsRoutingZonesAndEnvironmentsBack() throws {
        let before = try account.plane().routingRules()
        try account.apply(.routing(.setEnabled(name("shop-all"), false)))
        try account.apply(.undo(nil))
        #expect(try account.plane().routingRules() == before)
        let zone = try account.plane().zone(named: "example.com")
        try account.importZone(
            "example.com",
            rules: [
                redirect("only", path: "/only"), redirect("old-0", path: "/old/0"), redirect("old-1", path: "/old/1"),
                redirect("old-2", path: "/old/2"),
            ])
        try account.apply(.undo(nil))
        #expect(try account.plane().zone(named: "example.com").content == zone.content)
        try account.apply(
            .environment(
                .create(
                    Environment(
                        name: name("dev"), rank: 0, filter: nil, stagingAddresses: ["127.0.0.29"], lockOnDeploy: false))
            ))
        #expect(
            try account.plane().environments().map(\.environment.name.rawValue) == ["dev", "staging", "production"])
        try account.apply(.undo(nil))
        #expect(try account.plane().environments().map(\.environment.rank) == [0, 1])
    }

    @Test func anEntryThatIsNotThereNamesTheNewestThatCanBeUndone() throws {
        try assign(1)
        let entry = try promote()
        let error = refusal { try account.apply(.undo(99)) }
        #expect(error?.code == .notFound && error?.message == "there is no deployment 99")
        #expect(error?.remedy == "signalbox undo \(entry.id)")
        #expect(error?.details.first?.hasPrefix("the newest that can be undone is \(entry.id), made at ") == true)
        account.advance(seconds: 301)
        let late = refusal { try account.apply(.undo(99)) }
        #expect(late?.remedy == "signalbox history")
        #expect(late?.details == ["nothing was changed in the last 5 minutes, and nothing older can be undone"])
    }
}
