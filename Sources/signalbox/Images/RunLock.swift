internal import EdgeModel
internal import Glibc
internal import ImageSourcing
internal import Synchronization

/// Where the ledger of a run is, and who works on it.
struct RunPlace: Sendable {
    private let source: String
    private let target: String
    let ledger: String

    /// One ledger for each pair of source and target.
    init(source: String, target: String, statePath: String) {
        self.source = source
        self.target = target
        ledger = "\(statePath).images/\(source).\(target).ledger"
    }

    init(_ run: ImageRun, statePath: String) {
        self.init(source: run.source, target: run.target, statePath: statePath)
    }

    var exists: Bool { access(ledger, F_OK) == 0 }

    /// Whether a process works on it now.
    var isTaken: Bool {
        let file = open(ledger + ".lock", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        return flock(file, LOCK_SH | LOCK_NB) != 0
    }

    /// Takes it for as long as the lock is held.
    /// - Throws: `refused` when another process has it.
    func take() throws -> RunLock {
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
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw ErrorReport(
                .refused, at: "\(source) to \(target)",
                "another process carries out a migration of \(source) to \(target)",
                remedy: "signalbox images status --watch")
        }
        return RunLock(file)
    }
}

/// The right to work on a ledger, until it is given back or its process ends, however that ends: the kernel sees to it.
final class RunLock: Sendable {
    private let file: Atomic<CInt>

    fileprivate init(_ file: CInt) { self.file = Atomic(file) }

    deinit { giveBack() }

    /// Not before it is noted how the run stands: a server looks for runs that nobody works on.
    func giveBack() {
        let file = file.exchange(-1, ordering: .acquiringAndReleasing)
        if file >= 0 { close(file) }
    }
}
