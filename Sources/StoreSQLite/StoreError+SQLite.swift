import EdgeModel
import GRDB
import Glibc

/// Runs `body`; SQLite's errors come out as `StoreError`, all others as they are.
func translatingErrors<T>(at path: String, _ body: () throws -> T) throws -> T {
    do {
        return try body()
    } catch let error as DatabaseError {
        throw StoreError(error, path: path)
    }
}

extension StoreError {
    /// SQL and values never come along: they may hold what must not be printed, and help nobody.
    init(_ error: DatabaseError, path: String) {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self = .locked(path)
        case .SQLITE_READONLY:
            // Compared with ==, since GRDB's patterns match a code and all its refinements.
            let code = error.extendedResultCode
            self =
                if code == .SQLITE_READONLY {
                    .notWritable(path)
                } else if code == .SQLITE_READONLY_DBMOVED {
                    .moved(path)
                } else {
                    // A log that cannot be made, locked or recovered.
                    .unreachableLog(path)
                }
        case .SQLITE_FULL:
            self = .noSpace(path)
        case .SQLITE_CORRUPT:
            self = .damaged(path, "the state is damaged: its content cannot be read")
        case .SQLITE_NOTADB:
            self = .damaged(path, "the state is damaged: it is not a SQLite database")
        case .SQLITE_CANTOPEN where Self.isFull(path):
            self = .noSpace(path)
        case .SQLITE_CANTOPEN:
            self = .unreachableLog(path)
        case .SQLITE_PERM, .SQLITE_AUTH:
            self = .cannotOpen(path, "permission denied")
        case .SQLITE_CONSTRAINT:
            // The words of our own triggers are for people; the rest would be names of columns.
            let words = error.extendedResultCode == .SQLITE_CONSTRAINT_TRIGGER ? error.message : nil
            self = .refusal(
                path, words ?? "the change refers to something that is not there, or takes a name that is taken",
                remedy: "Nothing was changed; look at the resource it refers to and repeat.")
        case .SQLITE_IOERR where Self.isFull(path):
            self = .noSpace(path)
        case .SQLITE_IOERR where [.SQLITE_IOERR_WRITE, .SQLITE_IOERR_SHMSIZE].contains(error.extendedResultCode):
            self = StoreError(
                .io, at: path, "the operating system refused to write the state or its log",
                remedy: "Look for a limit on the size of files (`ulimit -f`), a full quota or a failing disk, then "
                    + "repeat. Nothing was changed.")
        default:
            self = .broken(path, "reading or writing failed (SQLite error \(error.extendedResultCode.rawValue))")
        }
    }

    static func noState(at path: String) -> StoreError {
        StoreError(.missing, at: path, "there is no state here yet", remedy: "Make it with `signalbox init`.")
    }

    static func locked(_ path: String) -> StoreError {
        let (who, wait) =
            switch LockHolder.find(path: path) {
            case nil: ("another process", "Wait for it to finish")
            case let holder? where holder.isThisProcess: ("another task of this process", "Wait for it to finish")
            case let holder?: ("process \(holder)", "Wait for process \(holder) to finish, or end it")
            }
        return StoreError(
            .busy, at: path, "\(who) holds the write lock", remedy: "\(wait); then repeat. Nothing was changed.")
    }

    /// Told only where nobody else may have the state open at all.
    static func taken(_ path: String, by holders: [LockHolder]) -> StoreError {
        let names = holders.map { "process \($0)" }.joined(separator: ", ")
        return StoreError(
            .busy, at: path,
            names.isEmpty ? "another process, or this one itself, has the state open" : "the state is open in \(names)",
            remedy: "End every process that has it open, the server too; then repeat. Nothing was changed.")
    }

    /// The file is not at its place any more; what is written to it would be lost.
    static func moved(_ path: String) -> StoreError {
        StoreError(
            .io, at: path, "the file was moved, replaced or removed while it was open",
            remedy: "End every process that has it open, the server too; put the file back, or restore the latest "
                + "backup with `signalbox state restore FILE`; then start them again.")
    }

    static func foreign(_ path: String) -> StoreError {
        cannotOpen(path, "it is a SQLite database of another program")
    }

    static func notReadable(_ path: String) -> StoreError {
        StoreError(
            .cannotOpen, at: path, "the state cannot be opened: this user may not read it",
            remedy: "Repeat as its owner or a member of its group, or name another state with `--state PATH`.")
    }

    static func onReadOnlyFileSystem(_ path: String) -> StoreError {
        StoreError(
            .readOnly, at: path, "the state can only be read: its file system is read-only",
            remedy: "Mount it for writing, or name another state with `--state PATH`.")
    }

    static func notWritable(_ path: String, because reason: String = "it was opened for reading") -> StoreError {
        StoreError(
            .readOnly, at: path, "the state can only be read: \(reason)",
            remedy: "Repeat as its owner or a member of its group, or name another state with `--state PATH`.")
    }

    static func noSpace(_ path: String) -> StoreError {
        StoreError(
            .full, at: path, "there is no space left for the state",
            remedy: "Free space on its disk and repeat. Nothing was changed.")
    }

    static func damaged(_ path: String, _ what: String) -> StoreError {
        StoreError(
            .corrupt, at: path, what,
            remedy: "Stop all signalbox processes, then restore the latest backup with "
                + "`signalbox state restore FILE`, which keeps what is there.")
    }

    static func cannotOpen(_ path: String, _ why: String) -> StoreError {
        StoreError(
            .cannotOpen, at: path, "the state cannot be opened: \(why)",
            remedy: "Check the path given with `--state PATH` and its permissions.")
    }

    static func cannotCreate(_ path: String, _ why: String) -> StoreError {
        StoreError(
            .cannotCreate, at: path, "the state cannot be created: \(why)",
            remedy: "Name a directory that you can write with `--state PATH`.")
    }

    static func cannotShare(_ path: String, group: UInt32, _ why: String) -> StoreError {
        StoreError(
            .cannotCreate, at: path, "the state's directory cannot be given to group \(group): \(why)",
            remedy: "Repeat as a member of that group, or as root. Nothing was made.")
    }

    static func notShared(_ path: String, directory: String, group: UInt32) -> StoreError {
        StoreError(
            .cannotCreate, at: path, "the directory is there already and is not set up for group \(group)",
            remedy: "Run `chgrp \(group) \(directory) && chmod 2770 \(directory)`, or name a state in a directory "
                + "that is not there yet with `--state PATH`. Nothing was changed.")
    }

    /// A new file beside the log of an old one would get the old one's last commits.
    static func orphaned(_ path: String, _ files: [String]) -> StoreError {
        StoreError(
            .refused, at: path, "the state is gone, but its log is still here: \(files.joined(separator: ", "))",
            remedy: "End every process that has it open, the server too; then restore the latest backup with "
                + "`signalbox state restore FILE`, or remove these files to begin anew.")
    }

    /// Without `-wal` and `-shm`, only a user who can make them can read a database that has a write-ahead log.
    static func unreachableLog(_ path: String) -> StoreError {
        StoreError(
            .cannotOpen, at: path,
            "the state cannot be opened: its files ending in -wal and -shm cannot be read or made",
            remedy: "Let its owner run `signalbox status` once, or copy the state to a directory that you can write.")
    }

    static func refusal(_ place: String, _ why: String, remedy: String) -> StoreError {
        StoreError(.refused, at: place, why, remedy: remedy)
    }

    static func broken(_ path: String, _ what: String) -> StoreError {
        StoreError(.io, at: path, what, remedy: "Check the disk and the system log, then repeat.")
    }

    private static func isFull(_ path: String) -> Bool {
        var status = statvfs()
        return statvfs(path, &status) == 0 && status.f_bavail == 0
    }
}
