import TestKit

extension TemporaryDirectory {
    /// Writes a program by another process and gives its path.
    ///
    /// Written by this one it could be "busy" when it is started: a child that another test forks at that moment holds
    /// the open file until it has become its own program.
    func script(_ text: String, to name: String) async throws -> String {
        let path = path(name)
        let words = ["-c", "mkdir -p \"${1%/*}\" && cat >\"$1\" && chmod 700 \"$1\"", "sh", path]
        let finished = try await ChildProcess.run("sh", words, input: Array(text.utf8))
        guard finished.exit.isSuccess else { throw Unwritten(errors: finished.errors) }
        return path
    }

    struct Unwritten: Error {
        let errors: String
    }
}
