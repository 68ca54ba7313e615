package import EdgeModel
package import MailRouting
package import PostfixProtocol
package import WebTransport

/// Starts a local program: port to the machine.
package protocol ProgramRunner: Sendable {
    /// Runs it to its end and gives its standard output, at most `limit` bytes and one more.
    ///
    /// - Throws: ``WorkerError`` when it cannot be started, does not end in time or ends with a failure.
    func run(
        _ command: [String], input: [UInt8], variables: [String: String], within time: Duration, limit: Int
    ) async throws(WorkerError) -> [UInt8]
}

/// Asks workers, and turns whatever goes wrong into one error.
package struct WorkerRunner: Sendable {
    private let web: any WebTransport
    private let programs: any ProgramRunner
    /// Gives the key that a worker's `secret` names.
    private let secret: @Sendable (String) throws -> [UInt8]
    private let now: @Sendable () -> Timestamp

    package init(
        web: any WebTransport, programs: any ProgramRunner, secret: @escaping @Sendable (String) throws -> [UInt8],
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.web = web
        self.programs = programs
        self.secret = secret
        self.now = now
    }

    package func verdict(
        of worker: MailWorker, on request: WorkerRequest, verified: Set<MailAddress>
    ) async throws(WorkerError) -> WorkerVerdict {
        let answer =
            switch worker.target {
            case .webhook(let url, let secret): try await post(to: url, signedBy: secret, worker.timeLimit, request)
            case .program(let path, let arguments):
                try await programs.run(
                    [path] + arguments, input: request.message, variables: request.variables,
                    within: .milliseconds(worker.timeLimit), limit: WorkerAnswer.limit)
            }
        return try WorkerAnswer.verdict(answer, verified: verified)
    }

    private func post(
        to text: String, signedBy place: String?, _ timeLimit: Int, _ request: WorkerRequest
    ) async throws(WorkerError) -> [UInt8] {
        let body = request.json()
        do {
            let limit = Duration.milliseconds(timeLimit)
            var headers = WebHeaders()
            headers.append(try WebHeader("Content-Type", "application/json"))
            if let place {
                let seconds = now().milliseconds / 1000
                headers.append(try WebHeader(WorkerSignature.timeHeader, "\(seconds)"))
                let signature = WorkerSignature.sign(body, seconds: seconds, key: try secret(place))
                headers.append(try WebHeader(WorkerSignature.header, signature))
            }
            let response = try await web.send(
                WebRequest(
                    .post, try WebURL(text), headers: headers, body: body,
                    deadlines: try WebDeadlines(connect: min(limit, .seconds(5)), total: limit),
                    maximumBodyBytes: WorkerAnswer.limit))
            guard response.status == 200 else { throw WorkerError("its webhook answered \(response.status)") }
            return response.body
        } catch let error as WorkerError {
            throw error
        } catch let error as WebError {
            throw WorkerError("its webhook gave no answer: \(error.message)")
        } catch {
            throw WorkerError("the key of its signature cannot be read")
        }
    }
}
