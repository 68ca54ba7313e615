import EdgeModel
import EdgePlan
import GRDB
import MailRouting

private let columns =
    "SELECT name, enabled, live, checked_at, problems, created_at, updated_at, author FROM mail_domain"
private let versionColumns = """
    SELECT domain, number, base, state, digest, note, author, created_at, updated_at FROM mail_version WHERE domain = ?
    """

extension DatabaseReading {
    func mailDomains() throws -> [MailDomain] {
        try all("mail domain", "\(columns) ORDER BY name", [], MailDomain.init)
    }

    func mailDomain(named name: String) throws -> MailDomain? {
        try one("mail domain", "\(columns) WHERE name = ?", [name], MailDomain.init)
    }

    func mailVersions(of domain: String) throws -> [MailVersion] {
        try all("mail version", "\(versionColumns) ORDER BY number", [domain], MailVersion.init)
    }

    func mailRuleset(_ number: Int, of domain: String) throws -> String? {
        try one("mail version", "SELECT ruleset FROM mail_version WHERE domain = ? AND number = ?", [domain, number]) {
            try $0.text(0)
        }
    }
}

extension Transaction {
    func putMailDomain(_ domain: MailDomain) throws {
        let place = "email domain \(domain.name)"
        try change(place) {
            if let live = domain.live, try mailRuleset(live, of: domain.name) == nil {
                throw StoreError.refusal(
                    place, "there is no version \(live) of its rules", remedy: "Name one of its versions.")
            }
            try db.run(
                """
                INSERT INTO mail_domain (name, enabled, live, checked_at, problems, created_at, updated_at, author)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET enabled = excluded.enabled, live = excluded.live,
                    checked_at = excluded.checked_at, problems = excluded.problems, updated_at = excluded.updated_at,
                    created_at = excluded.created_at, author = excluded.author
                """,
                [
                    domain.name, domain.enabled, domain.live, domain.check?.at.milliseconds,
                    try domain.check.map { try StoredJSON.text($0.problems) }, domain.createdAt.milliseconds,
                    domain.updatedAt.milliseconds, domain.author,
                ])
        }
    }

    func removeMailDomain(named name: String) throws {
        let place = "email domain \(name)"
        try change(place) {
            guard try mailDomain(named: name) != nil else { throw StoreError.nothing(at: place) }
            try db.run("DELETE FROM mail_domain WHERE name = ?", [name])
        }
    }

    func putMailVersion(_ version: MailVersion, ruleset: String) throws {
        let place = "email rules \(version.label)"
        try change(place) {
            let versions = try mailVersions(of: version.domain)
            if let old = versions.first(where: { $0.number == version.number }) {
                if old.state == .locked, version.state != .locked || version.digest != old.digest {
                    throw StoreError.refusal(
                        place, "the version is locked: its content never changes, and it stays locked",
                        remedy: "Make a new version from it.")
                }
            } else {
                guard try mailDomain(named: version.domain) != nil else {
                    throw StoreError.nothing(at: "email domain \(version.domain)")
                }
                try checkNext(version.number, after: versions.last?.number ?? 0, of: "the versions", at: place)
            }
            if version.state == .draft, versions.contains(where: { $0.state == .draft && $0.number != version.number })
            {
                throw StoreError.refusal(place, "the domain has another draft", remedy: "Go on with that one.")
            }
            try db.run(
                """
                INSERT INTO mail_version
                    (domain, number, base, state, digest, note, author, created_at, updated_at, ruleset)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (domain, number) DO UPDATE SET base = excluded.base, state = excluded.state,
                    digest = excluded.digest, note = excluded.note, author = excluded.author,
                    created_at = excluded.created_at, updated_at = excluded.updated_at, ruleset = excluded.ruleset
                """,
                [
                    version.domain, version.number, version.base, version.state.rawValue, version.digest.rawValue,
                    version.note, version.author, version.createdAt.milliseconds, version.updatedAt.milliseconds,
                    ruleset,
                ])
        }
    }
}

extension MailDomain {
    fileprivate init(_ row: Columns) throws {
        let checkedAt = try row.optionalInt(3)
        self.init(
            name: try row.text(0), enabled: try row.bool(1), live: try row.optionalInt(2),
            check: try checkedAt.map { _ in
                MailDomainCheck(at: try row.time(3), problems: try row.json(4, as: [String].self))
            },
            createdAt: try row.time(5), updatedAt: try row.time(6), author: try row.text(7))
    }
}

extension MailVersion {
    fileprivate init(_ row: Columns) throws {
        self.init(
            domain: try row.text(0), number: try row.int(1), base: try row.optionalInt(2),
            state: try row.raw(3, as: Version.State.self), digest: try row.digest(4), note: try row.text(5),
            author: try row.text(6), createdAt: try row.time(7), updatedAt: try row.time(8))
    }
}
