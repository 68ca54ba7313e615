import Glibc
import Synchronization
import TestKit
import Testing

@testable import StoreSQLite

@Suite struct LockHolderTests {
    @Test("the lock's holder is found by file and byte only")
    func lockHolder() {
        let locks = """
            1: POSIX  ADVISORY  READ  11 fd:00:77 120 120
            2: POSIX  ADVISORY  WRITE 12 fd:00:78 120 120
            3: POSIX  ADVISORY  WRITE 13 fd:00:77 121 127
            3: -> POSIX  ADVISORY  WRITE 14 fd:00:77 120 120
            4: FLOCK  ADVISORY  WRITE 15 fd:00:77 0 EOF
            nonsense
            """
        #expect(LockHolder.holder(in: locks, inode: 77, bytes: 120...120) == 15)
        #expect(LockHolder.holder(in: locks, inode: 78, bytes: 120...120) == 12)
        #expect(LockHolder.holder(in: locks, inode: 77, bytes: 122...122) == 13)
        #expect(LockHolder.holder(in: locks, inode: 79, bytes: 120...120) == nil)
    }

    /// The kernel hands its list out page by page, and what moves between two of them may hide a line.
    @Test("the lock's holder is found while other locks come and go")
    func lockHolderAmongOthers() async throws {
        let directory = try TemporaryDirectory("locks")
        let own = try LockedFile(directory.path("own"), byte: 0x4000_0000)
        own.set(F_WRLCK)
        let others = try (0..<400).map { try LockedFile(directory.path("other-\($0)"), byte: 5) }
        let isOver = Flag()
        async let churn: Void = Blocking.run {
            while !isOver.value.load(ordering: .relaxed) {
                for kind in [F_WRLCK, F_UNLCK] { for other in others { other.set(kind) } }
            }
        }
        let found = (0..<300).count { _ in LockHolder.find(path: own.path)?.isThisProcess == true }
        isOver.value.store(true, ordering: .relaxed)
        try await churn
        #expect(found == 300)
    }
}

private final class Flag: Sendable {
    let value = Atomic(false)
}

/// A file of which this process can lock one byte.
private final class LockedFile: Sendable {
    let path: String
    private let descriptor: Int32
    private let byte: Int

    init(_ path: String, byte: Int) throws {
        self.path = path
        self.byte = byte
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
    }

    deinit { close(descriptor) }

    func set(_ kind: Int32) {
        var lock = flock()
        lock.l_type = Int16(kind)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = byte
        lock.l_len = 1
        _ = fcntl(descriptor, F_SETLK, &lock)
    }
}
