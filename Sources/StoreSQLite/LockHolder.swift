import FoundationEssentials
import Glibc

/// The process that holds a store's write lock, read from `/proc/locks`.
///
/// A courtesy of the error message: where the list is absent or hides the holder (another container), nobody is named.
struct LockHolder: CustomStringConvertible {
    var process: Int32
    var name: String?

    var isThisProcess: Bool { process == getpid() }
    var description: String { name.map { "\(process) (\($0))" } ?? "\(process)" }

    /// Every other process that has the store open: in write-ahead mode each holds the shared lock of the database file
    /// from its first read until it closes (https://sqlite.org/walformat.html#wal_locks).
    static func openers(path: String) -> [LockHolder] {
        guard let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8) else { return [] }
        var status = stat()
        guard stat(path, &status) == 0 else { return [] }
        let processes = holders(
            in: locks, inode: UInt64(status.st_ino), bytes: 0x4000_0000...0x4000_01ff, kinds: ["READ", "WRITE"])
        return Set(processes).subtracting([getpid()]).sorted().map { LockHolder(process: $0, name: name(of: $0)) }
    }

    static func find(path: String) -> LockHolder? {
        // The kernel hands a long list out page by page; one that locks or unlocks between two of them moves the rest,
        // and a line may be passed over.
        for _ in 0..<128 {
            guard let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8) else { return nil }
            if let holder = writer(of: path, in: locks) { return holder }
            if locks.utf8.count < 4_096 - 128 { return nil }
        }
        return nil
    }

    private static func writer(of path: String, in locks: String) -> LockHolder? {
        // Byte 120 of -shm is the write lock of the log; the database file itself is locked at 1 GiB and just above
        // without one (https://sqlite.org/walformat.html#wal_locks, https://sqlite.org/fileformat.html, 1.5).
        for (file, bytes) in [(path + "-shm", 120...120), (path, 0x4000_0000...0x4000_01ff)] {
            var status = stat()
            guard stat(file, &status) == 0 else { continue }
            if let process = holder(in: locks, inode: UInt64(status.st_ino), bytes: bytes) {
                return LockHolder(process: process, name: name(of: process))
            }
        }
        return nil
    }

    static func holder(in locks: String, inode: UInt64, bytes: ClosedRange<Int>) -> Int32? {
        holders(in: locks, inode: inode, bytes: bytes, kinds: ["WRITE"]).first
    }

    /// Lines read `1: POSIX  ADVISORY  WRITE 3568 fd:00:2531452 120 120`; waiting ones have `->` as second word.
    private static func holders(
        in locks: String, inode: UInt64, bytes: ClosedRange<Int>, kinds: Set<Substring>
    ) -> [Int32] {
        locks.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            guard words.count == 8, kinds.contains(words[3]), let process = Int32(words[4]),
                words[5].split(separator: ":").last.flatMap({ UInt64($0) }) == inode, let first = Int(words[6])
            else { return nil }
            let last = Int(words[7]) ?? .max
            return first <= bytes.upperBound && last >= bytes.lowerBound ? process : nil
        }
    }

    private static func name(of process: Int32) -> String? {
        let name = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)
        return name.map { String($0.prefix { $0 != "\n" }) }
    }
}
