package import EdgeModel

/// Reads a zone over Cloudflare's API, as decisions: what to ask next, what an answer means, how long to wait. Asks in
/// order: the zone, its rulesets one by one, DNS records, page rules, settings, load balancers with pools and monitors, and
/// those of the account's lists that a rule asks for.
///
/// Lists come in pages (`result_info.total_pages`) or with a cursor (`result_info.cursors.after`). A refusal for too many
/// requests (429) is waited out as `Retry-After` says, other failures of the server get three more tries; everything
/// else ends it, since half a zone would look like a whole one.
package struct CloudflareCrawl: Sendable {
    package enum Step: Hashable, Sendable {
        /// Path and query below the API's address.
        case get(String)
        /// Milliseconds before the next step is asked for.
        case wait(Int)
        case done
        case failed(CrawlFailure)
    }

    package enum Answer: Sendable {
        /// `retryAfter` is the header of that name; the body is nil when it is no JSON.
        case response(status: Int, retryAfter: String?, body: DocumentValue?)
        /// No complete answer came; `isPassing` when another try may help.
        case broken(String, isPassing: Bool)
    }

    package private(set) var export = CloudflareExport()
    private let zone: String
    private var queue: [Ask]
    private var current: Ask?
    private var pause: Int?
    private var ending: Step?
    private var account: String?
    private var asked = 0
    /// Names of lists that rules ask for.
    private var mentioned: Set<String> = []

    /// Requests in all; 100,000 records at 100 a page and then some.
    package static let mostRequests = 2_000
    /// The longest that is waited at once, in milliseconds; more is told instead.
    package static let longestWait = 300_000
    static let mostTries = 4
    /// Milliseconds before the second try, doubled with each.
    static let firstWait = 500

    struct Ask: Hashable, Sendable {
        enum Subject: Hashable, Sendable {
            case zone, rulesets
            case ruleset(phase: String)
            case records, pageRules, settings, loadBalancers, pools, monitors
            case lists
            /// With the items so far.
            case listItems(DocumentValue)
        }

        var subject: Subject
        var path: String
        /// 0: the list is not asked for by page.
        var page = 0
        var perPage = 0
        var cursor: String?
        var tries = 0

        var target: String {
            var query: [String] = []
            if page > 0 { query.append("page=\(page)") }
            if perPage > 0 { query.append("per_page=\(perPage)") }
            if let cursor { query.append("cursor=\(cursor)") }
            return query.isEmpty ? path : path + (path.contains("?") ? "&" : "?") + query.joined(separator: "&")
        }
    }

    /// - Parameter zone: a lower-case A-label.
    package init(zone: String) {
        self.zone = zone
        queue = [Ask(subject: .zone, path: "/zones?name=\(zone)", page: 1, perPage: 50)]
    }

    package mutating func next() -> Step {
        if let ending { return ending }
        if let pause {
            self.pause = nil
            return .wait(pause)
        }
        if current == nil {
            guard !queue.isEmpty else { return finish(.done) }
            current = queue.removeFirst()
        }
        asked += 1
        guard asked <= Self.mostRequests else {
            return finish(.failed(.tooMuch(zone)))
        }
        return .get(current?.target ?? "")
    }

    /// What the last ``Step/get(_:)`` brought.
    package mutating func handle(_ answer: Answer) {
        guard var ask = current else { return }
        switch answer {
        case .broken(let why, let isPassing):
            guard isPassing else { return fail(.broken(why, ask.target)) }
            again(&ask, after: nil, or: .broken(why, ask.target))
        case .response(429, let retryAfter, _):
            again(
                &ask, after: retryAfter.flatMap { Int($0) }.map { min(max($0, 0), 1_000_000) * 1000 },
                or: .throttled(ask.target))
        case .response(let status, _, _) where status >= 500:
            again(&ask, after: nil, or: .server(status, ask.target))
        case .response(401, _, let body):
            fail(.notAuthenticated(Self.words(body)))
        case .response(403, _, let body) where ask.subject.isSpare:
            spare(ask, Self.words(body))
        case .response(404, _, let body) where ask.subject.isSpare:
            spare(ask, Self.words(body))
        case .response(403, _, let body):
            fail(.notPermitted(ask.subject.permission, ask.target, Self.words(body)))
        case .response(400, _, let body) where Self.isBadToken(body):
            fail(.notAuthenticated(Self.words(body)))
        case .response(200, _, let body?) where body.flag("success") == true:
            current = nil
            take(body, ask)
        case .response(let status, _, let body):
            fail(.unexpected(status, ask.target, Self.words(body)))
        }
    }

    /// Goes on without what is no part of the zone itself.
    private mutating func spare(_ ask: Ask, _ words: String?) {
        current = nil
        export.note(
            "the account's lists could not be read\(words.map { ": \($0)" } ?? ""); that needs the token's permission '\(ask.subject.permission)'"
        )
    }

    private mutating func finish(_ step: Step) -> Step {
        ending = step
        return step
    }

    private mutating func fail(_ failure: CrawlFailure) { ending = .failed(failure) }

    private mutating func again(_ ask: inout Ask, after wanted: Int?, or failure: CrawlFailure) {
        ask.tries += 1
        let wait = wanted ?? Self.firstWait << (ask.tries - 1)
        guard ask.tries < Self.mostTries, wait <= Self.longestWait else { return fail(failure) }
        current = ask
        pause = wait
    }

    /// What the API says is wrong; nil when it says nothing, as something else than the API does.
    private static func words(_ body: DocumentValue?) -> String? {
        body.flatMap { $0.list("errors")?.isEmpty == false ? CloudflareExport.messages($0) : nil }
    }

    /// The API answers 400 to a token that cannot be one (code 6003, "Invalid request headers").
    private static func isBadToken(_ body: DocumentValue?) -> Bool {
        (body?.list("errors") ?? []).contains { [6003, 6111].contains($0.number("code") ?? 0) }
    }

    // MARK: what came

    private mutating func take(_ body: DocumentValue, _ ask: Ask) {
        let result = body["result"] ?? .null
        switch ask.subject {
        case .zone:
            guard let found = (result.asList ?? []).first(where: { $0.text("name") == zone }),
                let id = found.text("id"), Self.isID(id)
            else { return fail(.noZone(zone)) }
            account = found["account"]?.text("id").flatMap { Self.isID($0) ? $0 : nil }
            let path = "/zones/\(id)"
            queue = [
                Ask(subject: .rulesets, path: path + "/rulesets", perPage: 50),
                Ask(subject: .records, path: path + "/dns_records", page: 1, perPage: 100),
                // Without a status the list is documented to hold disabled ones only.
                Ask(subject: .pageRules, path: path + "/pagerules?status=active"),
                Ask(subject: .pageRules, path: path + "/pagerules?status=disabled"),
                Ask(subject: .settings, path: path + "/settings"),
                Ask(subject: .loadBalancers, path: path + "/load_balancers", page: 1, perPage: 50),
            ]
            return
        case .rulesets:
            // What the zone has of its own; the rest is what it could execute.
            let own = (result.asList ?? []).filter { $0.text("kind") == "zone" }
            queue += own.compactMap { ruleset in
                ruleset.text("id").flatMap { id in
                    Self.isID(id)
                        ? Ask(
                            subject: .ruleset(phase: ruleset.text("phase") ?? ""),
                            path: ask.path + "/" + id) : nil
                }
            }
        case .ruleset:
            // Without rules the API leaves the list out.
            export.add(result["rules"] == nil ? result.setting("rules", .array([])) : result, from: ask.path)
            askForLists(result)
        case .lists:
            for list in result.asList ?? [] {
                guard let id = list.text("id"), Self.isID(id), mentioned.contains(list.text("name") ?? "") else {
                    continue
                }
                export.add(list, from: ask.path)
                queue.append(Ask(subject: .listItems(list), path: "\(ask.path)/\(id)/items", perPage: 500))
            }
        case .listItems(let list):
            let whole = list.setting("items", .array((list.list("items") ?? []) + (result.asList ?? [])))
            export.add(whole, from: ask.path)
            var ask = ask
            ask.subject = .listItems(whole)
            return follow(body, ask, count: result.asList?.count ?? 0)
        case .loadBalancers:
            export.add(result, from: ask.path)
            if ask.page <= 1, result.asList?.isEmpty == false {
                guard let account else { return fail(.unexpected(200, ask.target, "the zone names no account")) }
                let path = "/accounts/\(account)/load_balancers"
                queue.append(Ask(subject: .pools, path: path + "/pools", page: 1, perPage: 50))
                queue.append(Ask(subject: .monitors, path: path + "/monitors", page: 1, perPage: 50))
            }
        case .records, .pageRules, .settings, .pools, .monitors: export.add(result, from: ask.path)
        }
        follow(body, ask, count: result.asList?.count ?? 0)
    }

    private mutating func askForLists(_ ruleset: DocumentValue) {
        let before = mentioned.isEmpty
        for rule in ruleset.list("rules") ?? [] {
            mentioned.formUnion(rule.text("expression").map { Configuration.lists(in: $0) } ?? [])
        }
        guard before, !mentioned.isEmpty, let account else { return }
        queue.append(Ask(subject: .lists, path: "/accounts/\(account)/rules/lists"))
    }

    /// The next page of the same list, before anything else.
    private mutating func follow(_ body: DocumentValue, _ ask: Ask, count: Int) {
        let info = body["result_info"]
        if let cursor = info?["cursors"]?.text("after") ?? info?.text("cursor"), !cursor.isEmpty, ask.page == 0 {
            guard cursor != ask.cursor, Self.isCursor(cursor) else {
                return fail(.unexpected(200, ask.target, "the cursor of the next page is no cursor"))
            }
            var more = ask
            more.cursor = cursor
            more.tries = 0
            return queue.insert(more, at: 0)
        }
        guard ask.page > 0, count > 0, let pages = info?.number("total_pages"), pages > ask.page else { return }
        var more = ask
        more.page += 1
        more.tries = 0
        queue.insert(more, at: 0)
    }

    private static func isID(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (97...122).contains($0 | 0x20) || $0 == 0x2D || $0 == 0x5F
            }
    }

    /// Characters that stand for themselves in a query (RFC 3986 §2.3), and the padding of base 64.
    private static func isCursor(_ text: String) -> Bool {
        text.utf8.count <= 1024
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (97...122).contains($0 | 0x20) || [0x2D, 0x2E, 0x5F, 0x7E, 0x3D].contains($0)
            }
    }
}

extension CloudflareCrawl.Ask.Subject {
    /// Whether a zone is whole without it.
    var isSpare: Bool {
        switch self {
        case .lists, .listItems: true
        default: false
        }
    }
}
