import EdgeModel
import EdgePlan
import GRDB
import MailRouting

private let columns = """
    SELECT spelled, verified_at, code_digest, code_expires, failed_tries, created_at, author FROM mail_destination
    """

extension DatabaseReading {
    func mailDestinations() throws -> [MailDestination] {
        try all("destination", "\(columns) ORDER BY address", [], MailDestination.init)
    }

    func mailDestination(_ address: MailAddress) throws -> MailDestination? {
        try one("destination", "\(columns) WHERE address = ?", [address.folded.description], MailDestination.init)
    }

    func mailWorkers() throws -> [MailWorker] {
        try all("worker", "SELECT definition FROM mail_worker ORDER BY name", []) {
            try $0.json(0, as: MailWorker.self)
        }
    }

    func mailWorker(named name: ResourceName) throws -> MailWorker? {
        try one("worker", "SELECT definition FROM mail_worker WHERE name = ?", [name.rawValue]) {
            try $0.json(0, as: MailWorker.self)
        }
    }
}

extension Transaction {
    func putMailDestination(_ destination: MailDestination) throws {
        try change("email destination \(destination.address)") {
            try db.run(
                """
                INSERT INTO mail_destination
                    (address, spelled, verified_at, code_digest, code_expires, failed_tries, created_at, author)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (address) DO UPDATE SET spelled = excluded.spelled, verified_at = excluded.verified_at,
                    code_digest = excluded.code_digest, code_expires = excluded.code_expires,
                    failed_tries = excluded.failed_tries, created_at = excluded.created_at, author = excluded.author
                """,
                [
                    destination.address.folded.description, destination.address.description,
                    destination.verifiedAt?.milliseconds, destination.codeDigest?.rawValue,
                    destination.codeExpires?.milliseconds, destination.failedTries,
                    destination.createdAt.milliseconds, destination.author,
                ])
        }
    }

    func removeMailDestination(_ address: MailAddress) throws {
        let place = "email destination \(address)"
        try change(place) {
            guard try mailDestination(address) != nil else { throw StoreError.nothing(at: place) }
            try db.run("DELETE FROM mail_destination WHERE address = ?", [address.folded.description])
        }
    }

    func putMailWorker(_ worker: MailWorker) throws {
        try change("email worker \(worker.name)") {
            try db.run(
                """
                INSERT INTO mail_worker (name, definition) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET definition = excluded.definition
                """,
                [worker.name.rawValue, try StoredJSON.text(worker)])
        }
    }

    func removeMailWorker(named name: ResourceName) throws {
        let place = "email worker \(name)"
        try change(place) {
            guard try mailWorker(named: name) != nil else { throw StoreError.nothing(at: place) }
            try db.run("DELETE FROM mail_worker WHERE name = ?", [name.rawValue])
        }
    }
}

extension MailDestination {
    fileprivate init(_ row: Columns) throws {
        self.init(
            address: try row.need(MailAddress(try row.text(0))), verifiedAt: try row.optionalTime(1),
            codeDigest: try row.optionalDigest(2), codeExpires: try row.optionalTime(3), failedTries: try row.int(4),
            createdAt: try row.time(5), author: try row.text(6))
    }
}
