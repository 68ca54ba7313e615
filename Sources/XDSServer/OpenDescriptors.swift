internal import FoundationEssentials
internal import Glibc

package enum OpenDescriptors {
    /// Marks everything open but the three standard streams as closed in programs started from now on.
    ///
    /// SwiftNIO opens sockets without close-on-exec, so a program started while the server runs would hold its port and
    /// its nodes' connections open after the server has ended.
    package static func keepFromPrograms() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for descriptor in names.compactMap({ Int32($0) }) where descriptor > 2 {
            let flags = fcntl(descriptor, F_GETFD)
            if flags >= 0 { _ = fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) }
        }
    }
}
