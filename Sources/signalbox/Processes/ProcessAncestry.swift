internal import Glibc

/// The processes that this one descends from, as `/proc` tells of them.
enum ProcessAncestry {
    /// So many generations at most.
    private static let limit = 32

    /// The first of the variables that the nearest ancestor began with; nil when none is told, or may be read.
    static func variable(oneOf names: [String]) -> String? {
        var pid = getppid()
        for _ in 0..<limit where pid > 1 {
            let entries = bytes("/proc/\(pid)/environ").split(separator: 0)
            for name in names {
                let start = Array("\(name)=".utf8)
                if let entry = entries.first(where: { $0.starts(with: start) }) {
                    return String(decoding: entry.dropFirst(start.count), as: UTF8.self)
                }
            }
            guard let parent = parent(of: pid) else { return nil }
            pid = parent
        }
        return nil
    }

    /// proc(5): `PID (NAME) STATE PPID …`, and the name may hold anything.
    private static func parent(of pid: pid_t) -> pid_t? {
        let text = String(decoding: bytes("/proc/\(pid)/stat"), as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 1 ? pid_t(fields[1]) : nil
    }

    /// A file of `/proc`, whose size is not known before; empty when it may not be read.
    private static func bytes(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while all.count < 1 << 20 {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            all += chunk[..<count]
        }
        return all
    }
}
