package import EdgeModel
package import MailRouting

extension StoreContract {
    /// Promises of a store that keeps mail as well.
    package struct MailCheck: Sendable, CustomStringConvertible {
        package var description: String
        package var run: @Sendable (any MailStore, any MailStore) async throws -> Void

        init(_ description: String, _ run: @escaping @Sendable (any MailStore, any MailStore) async throws -> Void) {
            self.description = description
            self.run = run
        }
    }

    package static let mailChecks: [MailCheck] = [
        MailCheck("domains come by name with their versions, and go with them") { first, second in
            try first.writeMail { tx in
                try tx.putMailDomain(Sample.mailDomain("b.example"))
                try tx.putMailDomain(Sample.mailDomain("a.example"))
                try tx.putMailVersion(Sample.mailVersion("a.example", 1, .locked), ruleset: Sample.document(1))
                try tx.putMailVersion(Sample.mailVersion("a.example", 2), ruleset: Sample.document(2))
                var live = Sample.mailDomain("a.example")
                live.live = 1
                live.check = MailDomainCheck(at: Sample.time, problems: ["no MX record", "it's \"odd\""])
                try tx.putMailDomain(live)
            }
            try second.readMail { tx in
                try expect(try tx.mailDomains().map(\.name), is: ["a.example", "b.example"])
                try expect(try tx.mailDomain(named: "a.example")?.status.word, is: "misconfigured")
                try expect(try tx.mailVersions(of: "a.example").map(\.label), is: ["a.example@1", "a.example@2"])
                try expect(try tx.mailRuleset(2, of: "a.example"), is: Sample.document(2))
                try expect(try tx.mailRuleset(3, of: "a.example"), is: nil)
            }
            try first.writeMail { try $0.removeMailDomain(named: "a.example") }
            try expect(try second.readMail { try $0.mailVersions(of: "a.example") }, is: [])
            try expectRefusal(first, "twice") { try Sample.mail($0).removeMailDomain(named: "a.example") }
        },
        MailCheck("a locked version never changes, a domain has one draft, and versions have no gaps") { first, _ in
            try first.writeMail { tx in
                try tx.putMailDomain(Sample.mailDomain("a.example"))
                try tx.putMailVersion(Sample.mailVersion("a.example", 1), ruleset: Sample.document(1))
                try tx.putMailVersion(Sample.mailVersion("a.example", 1, content: 3), ruleset: Sample.document(3))
                try tx.putMailVersion(
                    Sample.mailVersion("a.example", 1, .locked, content: 3), ruleset: Sample.document(3))
                try tx.putMailVersion(Sample.mailVersion("a.example", 2), ruleset: Sample.document(2))
            }
            for (what, version) in [
                ("content of a locked one", Sample.mailVersion("a.example", 1, .locked, content: 4)),
                ("a locked one unlocked", Sample.mailVersion("a.example", 1, content: 3)),
                ("a second draft", Sample.mailVersion("a.example", 3)),
                ("a gap", Sample.mailVersion("a.example", 4, .locked)),
                ("no domain", Sample.mailVersion("ghost.example", 1)),
            ] {
                try expectRefusal(first, what) {
                    try Sample.mail($0).putMailVersion(version, ruleset: Sample.document(4))
                }
            }
            var live = Sample.mailDomain("a.example")
            live.live = 7
            try expectRefusal(first, "a version that is not there") { try Sample.mail($0).putMailDomain(live) }
        },
        MailCheck("destinations are one whatever the case, workers are kept whole") { first, second in
            let ops = try Sample.destination("Ops@dest.example")
            let worker = MailWorker(
                name: try Sample.name("filter"), target: .webhook(url: "https://hook.example/x", secret: "env:HOOK"),
                timeLimit: 5_000, onFailure: .reject("not now"), description: "it's \"new\"", createdAt: Sample.time,
                updatedAt: Sample.time, author: "ada")
            try first.writeMail { tx in
                try tx.putMailDestination(ops)
                try tx.putMailDestination(Sample.destination("a@dest.example"))
                try tx.putMailWorker(worker)
            }
            var verified = try Sample.destination("OPS@dest.example")
            verified.verifiedAt = Sample.time
            try first.writeMail { try $0.putMailDestination(verified) }
            try second.readMail { tx in
                try expect(
                    try tx.mailDestinations().map(\.address.description), is: ["a@dest.example", "OPS@dest.example"])
                try expect(try tx.mailDestination(ops.address), is: verified)
                try expect(try tx.mailWorkers(), is: [worker])
                try expect(try tx.mailWorker(named: worker.name), is: worker)
            }
            try first.writeMail { tx in
                try tx.removeMailDestination(ops.address)
                try tx.removeMailWorker(named: worker.name)
            }
            try expectRefusal(first, "no destination") { try Sample.mail($0).removeMailDestination(ops.address) }
            try expectRefusal(first, "no worker") { try Sample.mail($0).removeMailWorker(named: worker.name) }
        },
        MailCheck("the mail journal only grows, link by link") { first, second in
            try first.writeMail { tx in
                try tx.append(Sample.mailDeployment("a.example", after: tx))
                try tx.append(Sample.mailDeployment("b.example", after: tx))
                try tx.append(Sample.mailDeployment("a.example", after: tx))
            }
            try second.readMail { tx in
                try expect(try tx.mailDeployments(of: nil, last: nil).map(\.id), is: [1, 2, 3])
                try expect(try tx.mailDeployments(of: "a.example", last: 1).map(\.sequence), is: [2])
            }
            for (what, edit): (String, (inout MailDeployment) -> Void) in [
                ("a gap", { $0.id += 1 }), ("a repeat", { $0.sequence -= 1 }),
                ("another head", { $0.previousHead = nil }),
            ] {
                try expectRefusal(first, what) { tx in
                    var entry = try Sample.mailDeployment("a.example", after: Sample.mail(tx))
                    edit(&entry)
                    try Sample.mail(tx).append(entry)
                }
            }
        },
        MailCheck("an event is counted once, deliveries as soon as their decision is known") { first, second in
            let ledger = first.mailLedger
            let decided = try Sample.decided("1.a", "info@a.example", rule: "r-1", passed: ["seen"])
            try expect(try ledger.record([decided, decided]), is: 1)
            try expect(try ledger.record([decided]), is: 0)
            let delivery = try Sample.delivery("Q1", "info@a.example", "ops@dest.example", .delivered)
            try expect(try ledger.record([delivery]), is: 1)
            func counters() throws -> [MailRuleCounters] { try second.mailLedger.counters(domain: "a.example") }
            try expect(try counters().map(\.rule), is: ["r-1", "seen"])
            try expect(try counters().map(\.delivered), is: [0, 0], "not tied yet")
            try ledger.record([Sample.queued("1.a", "Q1", "info@a.example")])
            try expect(try counters().map(\.delivered), is: [1, 0])
            try ledger.record([delivery, Sample.queued("1.a", "Q1", "info@a.example")], reader: "log", position: "77")
            try expect(try counters().map(\.delivered), is: [1, 0], "read twice")
            try expect(try counters().map(\.matched), is: [1, 1])
            try expect(try counters().map(\.forwarded), is: [1, 0])
            try expect(try second.mailLedger.position(of: "log"), is: "77")
            try expect(try second.mailLedger.position(of: "other"), is: nil)
            let figures = try second.mailLedger.destinationFigures()
            try expect(figures.map(\.destination.description), is: ["ops@dest.example"])
            try expect(figures.map(\.delivered), is: [1])
        },
        MailCheck("activity comes newest first, filtered, with the latest answer of each destination") {
            first, second in
            try first.mailLedger.record([
                Sample.decided("1.a", "info@a.example", rule: "r-1", subject: "100% off"),
                Sample.decided("2.b", "sales@a.example", rule: nil, outcome: .unknown, later: 1),
                Sample.decided("3.c", "info@b.example", rule: "w", outcome: .worker, subject: "hello", later: 2),
                Sample.queued("1.a", "Q1", "info@a.example"),
                Sample.delivery("Q1", "info@a.example", "ops@dest.example", .deferred, later: 3),
                Sample.delivery("Q1", "info@a.example", "ops@dest.example", .delivered, later: 4),
                Sample.delivery("Q1", "info@a.example", "b@dest.example", .bounced, later: 4),
                Sample.worker("3.c", "info@b.example", failure: "timed out"),
            ])
            func found(_ filter: MailActivityFilter) throws -> [String] {
                try second.mailLedger.activity(filter).map(\.recipient.description)
            }
            try expect(try found(.init()), is: ["info@b.example", "sales@a.example", "info@a.example"])
            try expect(try found(.init(limit: 1)), is: ["info@b.example"])
            try expect(try found(.init(domain: "a.example")), is: ["sales@a.example", "info@a.example"])
            try expect(try found(.init(text: "100%")), is: ["info@a.example"])
            try expect(try found(.init(text: "%")), is: ["info@a.example"], "a wildcard is a letter")
            try expect(try found(.init(outcome: .unknown)), is: ["sales@a.example"])
            try expect(try found(.init(delivery: .bounced)), is: ["info@a.example"])
            try expect(try found(.init(since: Sample.time.advanced(byMilliseconds: 2))), is: ["info@b.example"])
            try expect(
                try found(.init(sender: "ALICE@sender.example", recipient: "INFO@b.example")), is: ["info@b.example"])
            let all = try second.mailLedger.activity(.init())
            try expect(all[2].deliveries.map(\.status), is: [.delivered, .bounced])
            try expect(all[2].message.queueID, is: "Q1")
            try expect(all[0].workers.map(\.failure), is: ["timed out"])
            try expect(all[0].decided?.content?.authentication, is: MailAuthentication(spf: .pass))
            try expect(try first.mailLedger.counters(domain: "b.example").map(\.workerFailures), is: [1])
            let gone = try first.mailLedger.prune(before: Sample.time.advanced(byMilliseconds: 1))
            try expect(gone, is: 2, "a passage and a worker run")
            try expect(try found(.init()).count, is: 2)
            try expect(try second.mailLedger.counters(domain: "a.example").map(\.matched), is: [1, 1], "kept")
        },
        MailCheck("what rules did is counted in five minutes too, until it is pruned") { first, second in
            let start = MailCounterSpan.start(of: Sample.time)
            let length = MailCounterSpan.length
            func later(_ span: Int64, _ milliseconds: Int64 = 0) -> Int64 {
                start.milliseconds + span * length + milliseconds - Sample.time.milliseconds
            }
            try first.mailLedger.record([
                Sample.decided("1.a", "info@a.example", rule: "r-1", later: later(0)),
                Sample.decided("2.b", "info@a.example", rule: "r-1", later: later(0, length - 1)),
                Sample.decided("3.c", "info@a.example", rule: "r-1", passed: ["seen"], later: later(1)),
                Sample.decided("4.d", "info@b.example", rule: "r-1", outcome: .drop, later: later(3)),
            ])
            try first.mailLedger.record([
                Sample.decided("3.c", "info@a.example", rule: "r-1", passed: ["seen"], later: later(1)),
                Sample.decided("5.e", "info@a.example", rule: "r-1", outcome: .reject, later: later(1, 7)),
                Sample.worker("5.e", "info@a.example", failure: "timed out", later: later(1, 7)),
                Sample.worker("6.f", "info@a.example", failure: nil, later: later(1, 8)),
            ])
            func spans(_ domain: String?, _ from: Int64, _ until: Int64) throws -> [String] {
                try second.mailLedger.counters(
                    domain: domain, from: start.advanced(byMilliseconds: from * length),
                    until: start.advanced(byMilliseconds: until * length)
                ).map { span in
                    let one = span.counters
                    let at = (span.start.milliseconds - start.milliseconds) / length
                    return "\(at) \(one.domain) \(one.rule) \(one.matched) \(one.forwarded) \(one.rejected)"
                }
            }
            try expect(
                try spans("a.example", 0, 9),
                is: ["0 a.example r-1 2 2 0", "1 a.example r-1 2 1 1", "1 a.example seen 1 0 0", "1 a.example w 0 0 0"])
            try expect(try spans(nil, 3, 4), is: ["3 b.example r-1 1 0 0"])
            try expect(try spans(nil, 4, 9), is: [])
            let totals = MailCounterSpan.totals(
                try second.mailLedger.counters(
                    domain: nil, from: start, until: start.advanced(byMilliseconds: 9 * length)))
            try expect(totals, is: try second.mailLedger.counters(domain: nil), "they add up")
            let figures = try second.mailLedger.workerFigures(since: start.advanced(byMilliseconds: length))
            try expect(figures.map(\.asked), is: [2])
            try expect(figures.map(\.failed), is: [1])
            try expect(figures.map(\.standingFailure), is: [nil], "the newest did not fail")
            _ = try first.mailLedger.prune(before: start.advanced(byMilliseconds: length))
            try expect(try spans("a.example", 0, 1), is: [])
            try expect(try spans(nil, 3, 4).count, is: 1)
        },
    ]
}

extension Sample {
    package static func mail(_ tx: any StoreWriting) throws -> any MailWriting {
        guard let tx = tx as? any MailWriting else { throw Broken("the store keeps no mail") }
        return tx
    }

    package static func mailDomain(_ name: String) -> MailDomain {
        MailDomain(
            name: name, enabled: true, live: nil, check: nil, createdAt: time, updatedAt: time, author: "ada")
    }

    package static func mailVersion(
        _ domain: String, _ number: Int, _ state: Version.State = .draft, content: Int? = nil
    ) -> MailVersion {
        MailVersion(
            domain: domain, number: number, base: number > 1 ? number - 1 : nil, state: state,
            digest: digest(content ?? number), note: "it's new", author: "ada", createdAt: time, updatedAt: time)
    }

    package static func address(_ text: String) throws -> MailAddress {
        guard let address = MailAddress(text) else { throw Broken("'\(text)' is no address") }
        return address
    }

    package static func destination(_ text: String) throws -> MailDestination {
        MailDestination(
            address: try address(text), codeDigest: digest(8), codeExpires: time.advanced(byMilliseconds: 9),
            createdAt: time, author: "ada")
    }

    package static func mailDeployment(_ domain: String, after tx: any MailReading) throws -> MailDeployment {
        let last = try tx.mailDeployments(of: domain, last: 1).last
        let id = (try tx.mailDeployments(of: nil, last: 1).last?.id ?? 0) + 1
        return MailDeployment(
            id: id, sequence: (last?.sequence ?? 0) + 1, kind: .promote,
            change: .rules(domain: domain, from: last?.versions?.to, to: id), at: time, actor: actor, reason: "because",
            planChecksum: digest(1000 + id), previousHead: last?.head,
            head: digest(3000 + id))
    }

    package static func decided(
        _ instance: String, _ recipient: String, rule: String?, outcome: MailDecision.Outcome.Word = .forward,
        passed: [String] = [], subject: String? = nil, later: Int64 = 0
    ) throws -> MailEvent {
        let recipient = try address(recipient)
        let content = subject.map {
            MailContentSummary(subject: $0, size: 100, authentication: MailAuthentication(spf: .pass))
        }
        return MailEvent(
            key: "decided \(instance) \(recipient)", at: time.advanced(byMilliseconds: later),
            message: MailMessageID(instance: instance), recipient: recipient,
            kind: .decided(
                MailDecided(
                    domain: recipient.domain, version: 1, rule: rule, outcome: outcome, passed: passed,
                    sender: "alice@sender.example", clientAddress: "192.0.2.1", helo: "c.sender.example",
                    content: content)))
    }

    package static func queued(_ instance: String, _ queueID: String, _ recipient: String) throws -> MailEvent {
        MailEvent(
            key: "queued \(queueID)", at: time, message: MailMessageID(instance: instance, queueID: queueID),
            recipient: try address(recipient), kind: .queued)
    }

    package static func delivery(
        _ queueID: String, _ recipient: String, _ destination: String, _ status: MailDelivery.Status, later: Int64 = 1
    ) throws -> MailEvent {
        MailEvent(
            key: "delivery \(queueID) \(destination) \(later)", at: time.advanced(byMilliseconds: later),
            message: MailMessageID(queueID: queueID), recipient: try address(recipient),
            kind: .delivery(
                MailDelivery(
                    destination: try address(destination), status: status, enhancedCode: "2.0.0",
                    relay: "mx.dest.example",
                    answer: "250 it's ok")))
    }

    package static func worker(
        _ instance: String, _ recipient: String, failure: String?, later: Int64 = 0
    ) throws -> MailEvent {
        MailEvent(
            key: "worker \(instance) \(recipient)", at: time.advanced(byMilliseconds: later),
            message: MailMessageID(instance: instance),
            recipient: try address(recipient),
            kind: .worker(
                MailWorkerResult(
                    worker: try name("filter"), rule: "w", verdict: failure == nil ? "drop" : nil, failure: failure,
                    milliseconds: 12)))
    }
}
