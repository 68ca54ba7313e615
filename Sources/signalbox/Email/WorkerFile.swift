internal import ControlPlane
internal import Glibc
internal import MailRouting
internal import PostfixEndpoints

/// The program of a worker as a file of this machine.
enum WorkerFile {
    /// What keeps anybody from running it, or it from doing all it is for; nil when nothing does, and when this user may
    /// not look: `serve` may be another.
    @Sendable static func problem(_ path: String) -> MailProgramProblem? {
        var status = stat()
        guard stat(path, &status) == 0 else { return isMissing ? .unusable("is not there") : nil }
        if status.st_mode & S_IFMT != S_IFREG { return .unusable("is no file") }
        if status.st_mode & 0o111 == 0 { return .unusable("may not be executed") }
        guard let file = beginning(of: path).flatMap(WorkerStarter.webhookFile) else { return nil }
        if stat(file, &status) != 0 {
            guard isMissing else { return nil }
            return .incomplete("tells the chat nothing: \(file), which is to hold the webhook's address, is not there")
        }
        guard status.st_size == 0 else { return nil }
        return .incomplete("tells the chat nothing: \(file), which is to hold the webhook's address, is empty")
    }

    /// Where it sends mail on, of one that a starter made.
    @Sendable static func destination(_ path: String) -> MailAddress? {
        beginning(of: path).flatMap(WorkerStarter.destination).flatMap { MailAddress($0) }
    }

    private static var isMissing: Bool { errno == ENOENT || errno == ENOTDIR }

    /// As far as the settings of a starter go; nil when it cannot be read or is no text.
    private static func beginning(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}
