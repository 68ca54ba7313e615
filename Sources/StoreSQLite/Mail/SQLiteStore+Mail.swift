internal import EdgeModel
internal import GRDB
package import MailRouting

extension SQLiteStore: MailStore {
    package func readMail<T>(_ body: (any MailReading) throws -> T) throws -> T {
        try snapshot { try body($0) }
    }

    package func writeMail<T>(_ body: (any MailWriting) throws -> T) throws -> T {
        try transact(body)
    }

    package var mailLedger: any MailLedger { self }
}
