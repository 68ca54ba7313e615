import EdgeModel
import EdgePlan
import GRDB

/// A row's values by position. What the tables cannot hold and yet is there comes from a damaged file: an error.
struct Columns {
    let row: Row
    /// Noun of the row.
    let what: String
    let path: String

    func text(_ index: Int) throws -> String { try need(optionalText(index)) }
    func int(_ index: Int) throws -> Int { try need(optionalInt(index)) }
    func bool(_ index: Int) throws -> Bool { try int(index) != 0 }
    func time(_ index: Int) throws -> Timestamp { Timestamp(milliseconds: Int64(try int(index))) }
    func optionalTime(_ index: Int) throws -> Timestamp? {
        try optionalInt(index).map { Timestamp(milliseconds: Int64($0)) }
    }
    func digest(_ index: Int) throws -> Digest { try need(optionalDigest(index)) }
    func name(_ index: Int) throws -> ResourceName { try need(ResourceName(rawValue: text(index))) }

    func optionalText(_ index: Int) throws -> String? {
        switch (row[index] as DatabaseValue).storage {
        case .string(let text): text
        case .null: nil
        default: throw damage
        }
    }

    func optionalInt(_ index: Int) throws -> Int? {
        switch (row[index] as DatabaseValue).storage {
        case .int64(let number): try need(Int(exactly: number))
        case .null: nil
        default: throw damage
        }
    }

    func optionalBytes(_ index: Int) throws -> [UInt8]? {
        switch (row[index] as DatabaseValue).storage {
        case .blob(let data): [UInt8](data)
        case .null: nil
        default: throw damage
        }
    }

    func optionalDigest(_ index: Int) throws -> Digest? {
        try optionalText(index).map { try need(Digest(rawValue: $0)) }
    }

    func json<T: Decodable>(_ index: Int, as type: T.Type) throws -> T {
        try need(StoredJSON.value(of: type, in: text(index)))
    }

    func raw<T: RawRepresentable>(_ index: Int, as type: T.Type) throws -> T where T.RawValue == String {
        try need(T(rawValue: text(index)))
    }

    /// From five columns: name, uid, sudo user, SSH client, claimed name.
    func actor(from index: Int) throws -> Actor {
        Actor(
            name: try text(index), uid: try int(index + 1), sudoUser: try optionalText(index + 2),
            sshClient: try optionalText(index + 3), claimed: try optionalText(index + 4))
    }

    func need<T>(_ value: T?) throws -> T {
        guard let value else { throw damage }
        return value
    }

    private var damage: StoreError { .damaged(path, "a stored \(what) cannot be read") }
}
