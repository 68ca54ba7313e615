internal import EdgeModel
internal import Glibc
internal import ImageSourcing

/// Where the ledger of a run is, and who works on it: a lock that the kernel gives back when its process ends, however it
/// ends.
struct RunPlace: Sendable {
    let ledger: String

    init(_ run: ImageRun, statePath: String) {
        ledger = "\(statePath).images/\(run.source).\(run.target).ledger"
    }

    var exists: Bool { access(ledger, F_OK) == 0 }

    /// Whether a process works on it now.
    var isTaken: Bool {
        let file = open(ledger + ".lock", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        return flock(file, LOCK_SH | LOCK_NB) != 0
    }

    /// Takes it until the process ends.
    /// - Throws: `refused` when another process has it.
    func take(_ run: ImageRun) throws {
        let folder = TextFile.parent(of: ledger)
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw ErrorReport(
                .io, at: folder, "the folder of the ledgers cannot be made: \(String(cString: strerror(errno)))",
                remedy: "look at its permissions")
        }
        let file = open(ledger + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw ErrorReport(
                .io, at: ledger, "the ledger cannot be locked: \(String(cString: strerror(errno)))",
                remedy: "look at its permissions")
        }
        // The descriptor stays open, and the lock held, for as long as the process lives.
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw ErrorReport(
                .refused, at: "run \(run.id)",
                "another process carries out a migration of \(run.source) to \(run.target)",
                remedy: "signalbox images status --watch")
        }
    }
}
