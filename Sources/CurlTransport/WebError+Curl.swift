import CCurl
import WebTransport

/// The words for what libcurl reports.
extension WebError {
    static func transportClosed(_ request: WebRequest) -> WebError {
        WebError(
            .closed, subject: "\(request.url)", message: "The transport was closed before the answer was complete.",
            remedy: "Nothing is wrong with the server; the program was ending.")
    }

    static func transportFailed(_ request: WebRequest, cause: String) -> WebError {
        WebError(
            .transportFailed, subject: "\(request.url)", message: "The request could not be handed to libcurl.",
            remedy: "Check memory and open files of this process.", cause: cause)
    }

    static func cancelled(_ request: WebRequest) -> WebError {
        WebError(
            .cancelled, subject: "\(request.url)", message: "The request was cancelled.", remedy: "Send it again.")
    }

    static func tooLarge(_ code: Code, _ request: WebRequest, phase: WebPhase) -> WebError {
        let message =
            code == .bodyTooLarge
            ? "The body is longer than \(request.maximumBodyBytes) bytes."
            : "The headers are longer than \(CurlTransfer.maximumHeaderBytes) bytes."
        let remedy = code == .bodyTooLarge ? "Raise the limit or ask for less." : "Look at what the server sends."
        return WebError(code, subject: "\(request.url)", phase: phase, message: message, remedy: remedy)
    }

    static func from(_ result: CURLcode, _ request: WebRequest, phase: WebPhase, cause: String) -> WebError {
        let host = request.url.host
        let target = request.connectTo.map { "\($0)" } ?? request.unixSocket ?? request.url.authority
        let (code, message, remedy): (Code, String, String) =
            switch result {
            case CURLE_COULDNT_RESOLVE_HOST:
                (.nameNotFound, "The name \(request.connectTo?.host ?? host) was not found.", "Check spelling and DNS.")
            case CURLE_COULDNT_CONNECT:
                (.cannotConnect, "No connection to \(target).", "Check that the server listens there.")
            case CURLE_OPERATION_TIMEDOUT:
                (.timedOut, "The deadline passed.", "See whether \(target) is overloaded, or allow more time.")
            case CURLE_PEER_FAILED_VERIFICATION:
                (
                    .certificateRefused, "The certificate shown for \(host) is not to be trusted.",
                    "Give the right authority file, or renew the certificate."
                )
            case CURLE_SSL_CACERT_BADFILE:
                (.tlsFailed, "The file of certificate authorities could not be read.", "Give a readable PEM file.")
            case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_INVALIDCERTSTATUS:
                (.tlsFailed, "The TLS handshake with \(target) failed.", "Check that it speaks TLS 1.2 or newer there.")
            case CURLE_FILESIZE_EXCEEDED:
                (
                    .bodyTooLarge, "The body is longer than \(request.maximumBodyBytes) bytes.",
                    "Raise the limit or ask for less."
                )
            case CURLE_TOO_MANY_REDIRECTS:
                (.tooManyRedirects, "The server redirects too often.", "Look for a redirect loop.")
            case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
                (.answerUnreadable, "The answer from \(target) is not HTTP.", "Check the port.")
            case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2,
                CURLE_HTTP2_STREAM, CURLE_SEND_FAIL_REWIND:
                (.connectionBroken, "The connection to \(target) broke off.", "Look at the server's log and try again.")
            default:
                (.transportFailed, "The request failed.", "Report it with the cause given here.")
            }
        return WebError(code, subject: "\(request.url)", phase: phase, message: message, remedy: remedy, cause: cause)
    }
}
