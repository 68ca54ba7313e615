import ControlPlane
import EdgeModel
import MailRouting
import StoreContract
import Testing

/// Mail as a console meets it: a domain with rules in force and a draft, destinations good and bad, mail of all kinds.
extension NightShift {
    /// The shop, and an hour of mail beside it.
    static func withMail() throws -> NightShift {
        let shift = try NightShift.withShop()
        try shift.routeMail()
        try shift.receiveMail()
        return shift
    }

    var mail: MailControl { MailControl(store: store, plane: plane()) }

    func routeMail() throws {
        _ = try mail.addDomain("example.com")
        _ = try mail.addDomain("sale.example")
        for address in ["ops@dest.example", "desk@slow.example"] {
            let (_, code) = try mail.addDestination(try mailAddress(address))
            _ = try mail.verifyDestination(try mailAddress(address), code: code.code)
        }
        _ = try mail.addDestination(try mailAddress("new@dest.example"))
        _ = try mail.putWorker(
            MailWorker(
                name: name("screener"), target: .program(path: "/usr/local/bin/screen", arguments: []),
                timeLimit: 5_000, onFailure: .defer, description: "", createdAt: now, updatedAt: now, author: "ada"))
        for (to, action) in [
            ("support", MailAction.forward([try mailAddress("ops@dest.example")])),
            ("desk", .forward([try mailAddress("desk@slow.example")])), ("list", .worker(try name("screener"))),
        ] {
            let rule = MailRule(ref: to, matcher: .address(try mailAddress("\(to)@example.com")), action: action)
            _ = try mail.edit("example.com", .add(rule, .last))
        }
        _ = try mail.edit("example.com", .catchAll(MailCatchAll(action: .reject("nobody of that name"))))
        try promoteMail()
        _ = try mail.edit("example.com", .setEnabled("list", false))
    }

    /// The draft comes into force.
    func promoteMail(as name: String = "ada") throws {
        var options = ApplyOptions()
        options.acceptWarnings = true
        let mail = MailControl(store: store, plane: plane(as: name))
        _ = try mail.apply(
            try mail.planPromotion(of: try #require(MailVersionReference("example.com@draft"))), options)
    }

    /// - Parameter ago: seconds before now.
    func receive(
        _ id: String, ago: Int64, from: String, to: String, rule: String, _ outcome: MailDecision.Outcome.Word,
        subject: String = "hello", delivered: (String, MailDelivery.Status, String)? = nil,
        worker: MailWorkerResult? = nil
    ) throws {
        let message = MailMessageID(instance: id, queueID: "Q\(id)")
        let recipient = try mailAddress(to)
        let at = now.advanced(byMilliseconds: -ago * 1_000)
        var events = [
            MailEvent(
                key: id, at: at, message: message, recipient: recipient,
                kind: .decided(
                    MailDecided(
                        domain: "example.com", version: 1, rule: rule, outcome: outcome, sender: from,
                        content: MailContentSummary(
                            subject: subject, size: 1_200, authentication: MailAuthentication(spf: .pass, dkim: .fail)))
                ))
        ]
        if let worker {
            events.append(
                MailEvent(key: id + "w", at: at, message: message, recipient: recipient, kind: .worker(worker)))
        }
        if let delivered {
            let delivery = MailDelivery(
                destination: try mailAddress(delivered.0), status: delivered.1, enhancedCode: "4.4.1",
                relay: "mx.slow.example[192.0.2.1]:25", answer: delivered.2)
            events.append(
                MailEvent(key: id + "d", at: at, message: message, recipient: recipient, kind: .delivery(delivery)))
        }
        #expect(try store.mailLedger.record(events) == events.count)
    }

    /// An hour of it.
    func receiveMail() throws {
        for number in 0..<6 {
            try receive(
                "m\(number)", ago: Int64(3_000 - number * 400), from: "bob@friend.example", to: "support@example.com",
                rule: "support", .forward, subject: "order \(number)",
                delivered: ("ops@dest.example", .delivered, "250 2.0.0 Ok"))
        }
        try receive(
            "slow", ago: 300, from: "carol@friend.example", to: "desk@example.com", rule: "desk", .forward,
            delivered: ("desk@slow.example", .deferred, "connection timed out"))
        for (number, milliseconds) in [12, 40, 180].enumerated() {
            try receive(
                "w\(number)", ago: Int64(200 - number), from: "dan@friend.example", to: "list@example.com",
                rule: "list", .worker,
                worker: MailWorkerResult(
                    worker: try name("screener"), rule: "list", verdict: number == 2 ? nil : "forward",
                    failure: number == 2 ? "no verdict on its output" : nil, milliseconds: milliseconds))
        }
        try receive(
            "eve", ago: 30, from: "eve@bad.example", to: "anybody@example.com", rule: "catch-all", .reject,
            subject: "buy now")
    }
}

func mailAddress(_ text: String) throws -> MailAddress { try #require(MailAddress(text)) }
