internal import Glibc

/// Hears of the files of a state from the kernel (inotify(7)): nothing is asked again and again.
///
/// What is committed is written to the log beside the state first, so a change of that file tells of a commit that is
/// about to be, or has just been, there to be read.
struct FileWatch {
    struct Heard: OptionSet {
        let rawValue: Int
        /// The log was written to.
        static let written = Heard(rawValue: 1)
        /// A file of this state came or went: it was made, restored or removed.
        static let replaced = Heard(rawValue: 2)
        /// A server came.
        static let server = Heard(rawValue: 4)
    }

    let descriptor: Int32
    private let folder: String
    private let name: String
    private var log: Int32 = -1

    private static let names = UInt32(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)
    private static let contents = UInt32(IN_MODIFY | IN_CLOSE_WRITE)

    /// nil where there is no such folder yet.
    init?(statePath: String) {
        descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        folder = TextFile.parent(of: statePath)
        name = statePath.split(separator: "/").last.map { String($0) } ?? statePath
        guard descriptor >= 0 else { return nil }
        guard inotify_add_watch(descriptor, folder, Self.names) >= 0 else {
            close()
            return nil
        }
    }

    /// Whether writes to the log are told.
    mutating func setHearsWrites(_ hears: Bool) {
        if hears, log < 0 {
            log = inotify_add_watch(descriptor, "\(folder)/\(name)-wal", Self.contents)
        } else if !hears, log >= 0 {
            inotify_rm_watch(descriptor, log)
            log = -1
        }
    }

    /// What was heard since the last call.
    mutating func take() -> Heard {
        var heard: Heard = []
        var bytes = [UInt8](repeating: 0, count: 16 * 1_024)
        while true {
            let count = read(descriptor, &bytes, bytes.count)
            guard count > 0 else { return heard }
            var place = 0
            let head = MemoryLayout<inotify_event>.size
            while place + head <= count {
                let event = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: inotify_event.self) }
                let end = min(count, place + head + Int(event.len))
                let told = String(decoding: bytes[place + head..<end].prefix { $0 != 0 }, as: UTF8.self)
                heard.formUnion(meaning(event, told))
                place = end
            }
        }
    }

    private mutating func meaning(_ event: inotify_event, _ told: String) -> Heard {
        // More happened than the kernel kept.
        if event.mask & UInt32(IN_Q_OVERFLOW) != 0 { return [.written, .replaced] }
        if event.wd == log {
            // Its file is gone; another may have its name.
            if event.mask & UInt32(IN_IGNORED) != 0 { log = -1 }
            return .written
        }
        let came = event.mask & UInt32(IN_CREATE | IN_MOVED_TO) != 0
        switch told {
        case name, name + "-wal": return .replaced
        case name + ".sock": return came ? .server : []
        default: return []
        }
    }

    func close() { if descriptor >= 0 { _ = Glibc.close(descriptor) } }
}
