import EdgeModel
import EdgePlan
import Glibc
import StoreContract
import StoreSQLite

/// A process of its own on a store, for the tests that need one: another user, another writer, one that is killed.
///
///     StoreWorker append PATH COUNT    one audit entry a transaction; a line for each that is committed
///     StoreWorker hold PATH            writes inside a transaction that never ends; says "holding"
///     StoreWorker create PATH          makes and fills a store
///     StoreWorker list PATH            reads without the right to write; prints the revision
///     StoreWorker set PATH             one write
///     StoreWorker idle PATH            opens for reading and does nothing; says "open"; idle-writer: for writing
///     StoreWorker restore PATH BACKUP  puts a backup in the place of a store
@main
struct StoreWorker {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3 else { exit(64) }
        do {
            try run(arguments[1], path: arguments[2], arguments.count > 3 ? arguments[3] : "")
        } catch let error as StoreError {
            say("\(error.code.rawValue): \(error.message)")
            exit(1)
        } catch {
            say("\(error)")
            exit(2)
        }
    }

    private static func run(_ verb: String, path: String, _ last: String) throws {
        switch verb {
        case "append":
            let store = try SQLiteStore.open(path: path, mode: .readWrite, options: .init(busyTimeout: .seconds(20)))
            for _ in 0..<(Int(last) ?? 0) {
                let sequence = try store.write { tx in
                    let entry = try Sample.audit(after: tx, summary: "by \(getpid())")
                    try tx.append(entry)
                    try tx.putSetting("last", String(entry.sequence))
                    return entry.sequence
                }
                say("\(sequence)")
            }
            try store.close()
        case "hold":
            let store = try SQLiteStore.open(path: path, mode: .readWrite)
            try store.write { tx in
                for _ in 0..<200 { try tx.append(Sample.audit(after: tx)) }
                try tx.putSetting("half", "done")
                say("holding")
                while true { pause() }
            }
        case "create":
            let store = try SQLiteStore.open(path: path, mode: .create())
            try Sample.fill(store)
            try store.write { try Sample.addJournal(to: $0) }
            try store.close()
        case "list":
            let store = try SQLiteStore.open(path: path, mode: .readOnly)
            say("revision \(try store.read { try $0.revision() })")
        case "set":
            let store = try SQLiteStore.open(path: path, mode: .readWrite)
            try store.write { try $0.putSetting("worker", String(getpid())) }
            say("written")
        case "idle", "idle-writer":
            let store = try SQLiteStore.open(path: path, mode: verb == "idle" ? .readOnly : .readWrite)
            say("open")
            while true { pause() }
            try store.close()
        case "restore":
            let kept = try SQLiteStore.restore(path: path, from: last, now: Sample.time).replaced
            say("kept \(kept ?? "-")")
        default:
            exit(64)
        }
    }

    /// At once and whole, since the process may be killed any moment.
    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
    }
}
