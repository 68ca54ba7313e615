package import EdgeModel
import GRDB
import GRDBSQLite
import Glibc

extension SQLiteStore {
    package struct Restoration: Hashable, Sendable {
        /// Where the state is now that was replaced; nil: there was none.
        package var replaced: String?
    }

    /// Puts a backup in the place of the state, which is kept beside it under a name such as
    /// `state.db.replaced.2026-11-21T113000Z`. When anything fails the state is as it was.
    ///
    /// - Parameters:
    ///   - source: the backup; it is only read, and must be whole and of this program's schema.
    ///   - now: goes into the name of what was replaced.
    ///   - examine: what else must hold of the backup; errors among its findings refuse it.
    /// - Throws: `StoreError`: `busy` while any other process has the state open; `badBackup` when it is none or damaged;
    ///   `missing` when there is none; `olderSchema`, `newerSchema`, `full` and others.
    package static func restore(
        path given: String, from source: String, now: Timestamp,
        examine: (SQLiteStore) throws -> [Finding] = { _ in [] }
    ) throws -> Restoration {
        let file = StateFile(StateFile.resolved(given))
        let backup = try openBackup(source, insteadOf: file)
        defer { try? backup.close() }
        try checkBackup(backup, examine)
        guard try file.size() != nil else {
            try file.makeDirectory(.owner)
            let leftovers = try file.moveLogAside(now)
            try backup.backup(to: file.path)
            return Restoration(replaced: leftovers)
        }
        try file.checkWritable()
        let kept = StateFile("\(file.path).replaced.\(now.forFileNames)")
        do {
            try overwrite(file, with: backup, keeping: kept)
        } catch let error as DatabaseError where error.isOfDamage {
            try exchange(file, for: backup, keeping: kept)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            throw StoreError.taken(file.path, by: LockHolder.openers(path: file.path))
        } catch let error as DatabaseError {
            throw StoreError(error, path: file.path)
        }
        return Restoration(replaced: kept.path)
    }

    private static func openBackup(_ source: String, insteadOf file: StateFile) throws -> SQLiteStore {
        let resolved = StateFile.resolved(source)
        guard let size = try StateFile(resolved).size() else {
            throw StoreError(.missing, at: source, "there is no file here", remedy: "Name a backup that is there.")
        }
        guard size > 0 else { throw StoreError.badBackup(source, "the file is empty") }
        guard resolved != file.path else {
            throw StoreError.refusal(source, "this is the state itself", remedy: "Name a backup of it.")
        }
        do {
            return try open(path: resolved, mode: .readOnly)
        } catch var error as StoreError {
            switch error.code {
            case .corrupt: error = .badBackup(source, error.message)
            case .olderSchema:
                error.remedy = "Bring the backup to this program's form first: `signalbox state migrate --state FILE`."
            default: break
            }
            throw error
        }
    }

    private static func checkBackup(_ backup: SQLiteStore, _ examine: (SQLiteStore) throws -> [Finding]) throws {
        let findings = try backup.integrityFindings()
        if let damage = findings.first { throw StoreError.badBackup(backup.path, damage.message) }
        let errors = try examine(backup).filter { $0.severity == .error }
        if let first = errors.first { throw StoreError.badBackup(backup.path, "\(first.message) (\(first.place))") }
    }

    /// Writes the backup's pages over the state's, in one transaction of SQLite's own
    /// (https://sqlite.org/backup.html): the file stays the same file, so that a process which opens it meanwhile waits
    /// and then has the new content, and a kill leaves the old one.
    ///
    /// - Throws: `DatabaseError`: `SQLITE_BUSY` while another has it open (see `connectAlone`), or of damage, when
    ///   SQLite cannot begin a transaction on what is there.
    private static func overwrite(_ file: StateFile, with backup: SQLiteStore, keeping kept: StateFile) throws {
        let state = try RawConnection(file, flags: SQLITE_OPEN_READWRITE)
        defer { state.close() }
        sqlite3_busy_timeout(state.handle, 2_000)
        try state.execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; BEGIN EXCLUSIVE; ROLLBACK")
        // As much as can be read of the log; what cannot is kept with it.
        try? state.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        try file.keep(as: kept) { try state.bytes(at: $0, count: $1) }
        try backup.queue.unsafeRead { db in
            let copying = sqlite3_backup_init(state.handle, "main", db.sqliteConnection, "main")
            let stepped = sqlite3_backup_step(copying, -1)
            let finished = sqlite3_backup_finish(copying)
            try state.check(stepped == SQLITE_DONE ? finished : stepped)
        }
        try state.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    /// Takes a state away that no SQLite can begin to read, and puts a copy of the backup there. Whoever opened it just
    /// before cannot begin to read it either, so nobody goes on with the file that was taken away.
    private static func exchange(_ file: StateFile, for backup: SQLiteStore, keeping kept: StateFile) throws {
        // Held to the end: closing it would drop the lock.
        let descriptor = Glibc.open(file.path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError.cannotOpen(file.path, String(cString: strerror(errno))) }
        defer { Glibc.close(descriptor) }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        // SQLite's own locks: the pending, reserved and shared bytes (https://sqlite.org/fileformat.html, 1.5).
        (lock.l_start, lock.l_len) = (0x4000_0000, 512)
        guard fcntl(descriptor, F_SETLK, &lock) == 0 else {
            throw StoreError.taken(file.path, by: LockHolder.openers(path: file.path))
        }
        let draft = try file.makeDraft(file.permissions())
        defer { draft.remove() }
        try backup.copy(to: draft, for: file.path)
        guard link(file.path, kept.path) == 0 else {
            throw StoreError.cannotCreate(kept.path, String(cString: strerror(errno)))
        }
        try file.moveLog(to: kept)
        try draft.replace(file)
    }
}

extension StateFile {
    /// Copies a database and, when it has one, its log to a new name.
    /// - Parameter read: bytes of the database from an offset; through SQLite, see above.
    fileprivate func keep(as kept: StateFile, _ read: (_ offset: Int, _ count: Int) throws -> [UInt8]) throws {
        let total = try size() ?? 0
        try kept.write(like: permissions()) { append in
            for offset in stride(from: 0, to: total, by: 1 << 20) {
                try append(try read(offset, min(1 << 20, total - offset)))
            }
        }
        let log = StateFile(path + "-wal")
        guard let logSize = try log.size(), logSize > 0 else { return kept.syncDirectory() }
        let descriptor = Glibc.open(log.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError.unreachableLog(path) }
        defer { close(descriptor) }
        try StateFile(kept.path + "-wal").write(like: permissions()) { append in
            var chunk = [UInt8](repeating: 0, count: 1 << 20)
            while true {
                let count = Glibc.read(descriptor, &chunk, chunk.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                try append(Array(chunk[..<count]))
            }
        }
        kept.syncDirectory()
    }

    private func write(like permissions: StatePermissions, _ body: ((_ bytes: [UInt8]) throws -> Void) throws -> Void)
        throws
    {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StoreError.cannotCreate(path, String(cString: strerror(errno))) }
        defer { close(descriptor) }
        do {
            if let group = permissions.group { _ = fchown(descriptor, uid_t.max, group) }
            fchmod(descriptor, permissions.fileMode)
            try body { bytes in
                var done = 0
                while done < bytes.count {
                    let count = bytes.withUnsafeBytes {
                        Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
                    }
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else {
                        throw errno == ENOSPC
                            ? StoreError.noSpace(path) : StoreError.cannotCreate(path, String(cString: strerror(errno)))
                    }
                    done += count
                }
            }
            guard fsync(descriptor) == 0 else { throw StoreError.broken(path, "it cannot be synced to disk") }
        } catch {
            unlink(path)
            throw error
        }
    }

    /// Takes the log away from a database that goes.
    fileprivate func moveLog(to kept: StateFile) throws {
        unlink(path + "-shm")
        guard rename(path + "-wal", kept.path + "-wal") == 0 || errno == ENOENT else {
            throw StoreError.cannotCreate(kept.path + "-wal", String(cString: strerror(errno)))
        }
    }

    /// The same for a database that is gone already.
    /// - Returns: where a log with content is now.
    /// - Throws: `StoreError.Code.busy` while a process has it open.
    fileprivate func moveLogAside(_ now: Timestamp) throws -> String? {
        let orphans = orphans()
        guard !orphans.isEmpty else { return nil }
        let descriptor = Glibc.open(path + "-shm", O_RDWR | O_CLOEXEC)
        if descriptor >= 0 {
            defer { close(descriptor) }
            // Byte 128: who has the log open (https://sqlite.org/walformat.html#wal_locks).
            var lock = flock()
            (lock.l_type, lock.l_whence, lock.l_start, lock.l_len) = (Int16(F_WRLCK), Int16(SEEK_SET), 120, 9)
            guard fcntl(descriptor, F_GETLK, &lock) == 0, lock.l_type == Int16(F_UNLCK) else {
                throw StoreError.taken(path, by: lock.l_pid > 0 ? [LockHolder(process: lock.l_pid)] : [])
            }
        }
        let size = try StateFile(path + "-wal").size() ?? 0
        let kept = StateFile("\(path).replaced.\(now.forFileNames)")
        try moveLog(to: kept)
        return size > 0 ? kept.path + "-wal" : nil
    }
}

extension DatabaseError {
    fileprivate var isOfDamage: Bool { resultCode == .SQLITE_CORRUPT || resultCode == .SQLITE_NOTADB }
}

extension StoreError {
    fileprivate static func badBackup(_ source: String, _ what: String) -> StoreError {
        StoreError(
            .badBackup, at: source, "the backup is damaged: \(what)",
            remedy: "Restore another backup. The state was not touched.")
    }
}
