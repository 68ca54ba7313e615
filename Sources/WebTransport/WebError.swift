/// Why there is no answer: what happened, to which URL, how far the request had come, and what to do.
package struct WebError: Error, Hashable, Sendable, Codable {
    /// Stable names that reports and exit codes build on.
    package enum Code: String, Hashable, Sendable, Codable, CaseIterable {
        case invalidRequest = "web.invalid-request"
        case nameNotFound = "web.name-not-found"
        case cannotConnect = "web.cannot-connect"
        case timedOut = "web.timed-out"
        case certificateRefused = "web.certificate-refused"
        case tlsFailed = "web.tls-failed"
        case connectionBroken = "web.connection-broken"
        case answerUnreadable = "web.answer-unreadable"
        case bodyTooLarge = "web.body-too-large"
        case headersTooLarge = "web.headers-too-large"
        case tooManyRedirects = "web.too-many-redirects"
        case cancelled = "web.cancelled"
        case closed = "web.transport-closed"
        case transportFailed = "web.transport-failed"
    }

    package var code: Code
    /// The text that was refused or the URL that was asked; safe to print only after escaping control characters.
    package var subject: String
    /// How far the request had come; nil when nothing was sent.
    package var phase: WebPhase?
    /// What happened, one sentence.
    package var message: String
    /// What the reader can do about it.
    package var remedy: String
    /// The words of the library underneath, when it gave any.
    package var cause: String?

    package init(
        _ code: Code, subject: String, phase: WebPhase? = nil, message: String, remedy: String, cause: String? = nil
    ) {
        self.code = code
        self.subject = subject
        self.phase = phase
        self.message = message
        self.remedy = remedy
        self.cause = cause
    }

    static func invalid(_ subject: some StringProtocol, _ message: String, remedy: String) -> WebError {
        WebError(.invalidRequest, subject: String(subject), message: message, remedy: remedy)
    }
}

extension WebError: CustomStringConvertible {
    package var description: String {
        let during = phase.map { " (during \($0.label))" } ?? ""
        let because = cause.map { ": \($0)" } ?? ""
        return "\(code.rawValue): \(message)\(during)\(because) [\(subject)]. \(remedy)"
    }
}
