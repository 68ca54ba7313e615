internal import ControlPlane
internal import DocumentText
internal import EdgeModel
internal import Probes
internal import WebTransport

/// A failure as people and programs are told of it: what, where, why and what to do next.
struct ErrorReport: Error, Sendable {
    var failure: Failure
    /// What happened; one sentence.
    var message: String
    /// Resource, file or argument it is about.
    var place: String?
    /// A next command, or what to do in words.
    var remedy: String?
    var findings: [Finding] = []
    /// Further lines, each a fact that got in the way.
    var details: [String] = []
    /// Members of the JSON form that only this failure has, e.g. `committed`.
    var extra: [DocumentMember] = []
    /// The command to name when the remedy is advice in words.
    var fallback = "signalbox doctor"
    /// Added to the next command, so that it means the same state.
    var stateOption = ""

    init(
        _ failure: Failure, at place: String? = nil, _ message: String, remedy: String? = nil, findings: [Finding] = [],
        details: [String] = [], extra: [DocumentMember] = []
    ) {
        self.failure = failure
        self.place = place
        self.message = message
        self.remedy = remedy
        self.findings = findings
        self.details = details
        self.extra = extra
    }

    /// Where and what in one line, for a place that keeps no more than that.
    var sentence: String { (place.map { "\($0): " } ?? "") + message }

    /// Any error that this program or what it uses throws.
    init(_ error: any Error) {
        switch error {
        case let report as ErrorReport: self = report
        case let error as ControlPlaneError:
            self.init(
                Failure(error.code), at: error.place, error.message, remedy: error.remedy, findings: error.findings,
                details: error.details)
        case let error as StoreError:
            self.init(Failure(error.code), at: error.place, error.message, remedy: error.remedy)
        case let error as DocumentTextError:
            self.init(
                .invalid, at: error.findings.first?.place, "the text cannot be read",
                remedy: "mend what the findings name; nothing was changed", findings: error.findings)
        case let error as WebError:
            self.init(
                error.code == .invalidRequest ? .usage : .unavailable, at: error.subject, error.message,
                remedy: error.remedy)
        case let error as ProbeTargetErrors:
            self.init(
                .invalid, at: "list of URLs", "the list of URLs cannot be used", remedy: "mend the lines and try again",
                findings: error.errors.map {
                    Finding(
                        .error, "bad-url-line", at: "line", line: $0.line, $0.message, remedy: $0.remedy,
                        excerpt: $0.text)
                })
        case is CancellationError:
            self.init(.interrupted, "interrupted", remedy: "run it again")
        default:
            self.init(.internalError, "\(error)", remedy: "signalbox doctor")
        }
    }
}

extension ErrorReport {
    /// A command that can be typed next: what the remedy names, else what the first finding that is an error does, else
    /// what fits this kind of failure.
    var nextCommand: String {
        let command =
            remedy.flatMap(NextCommand.find) ?? NextCommand.mending(findings) ?? failure.nextCommand ?? fallback
        return command.hasSuffix(stateOption) ? command : command + stateOption
    }

    var document: DocumentValue {
        var members: [DocumentMember] = [
            DocumentMember("code", .string(failure.rawValue)), DocumentMember("status", .int(Int(failure.status))),
            DocumentMember("message", .string(message)),
        ]
        if let place { members.append(DocumentMember("place", .string(place))) }
        if let remedy { members.append(DocumentMember("remedy", .string(remedy))) }
        members.append(DocumentMember("next", .string(nextCommand)))
        if !details.isEmpty { members.append(DocumentMember("details", .array(details.map { .string($0) }))) }
        if !findings.isEmpty {
            let (shown, leftOut) = FindingText.worst(findings)
            members.append(DocumentMember("findings", .array(shown.map(\.document))))
            if leftOut > 0 { members.append(DocumentMember("findings_left_out", .int(leftOut))) }
        }
        return .object([DocumentMember("error", .object(members))] + extra)
    }

    /// Lines for people.
    var pieces: [Output.Piece] {
        var pieces = [Output.Piece("error: \(SafeText(lines: message))", .bad)]
        pieces += FindingText.pieces(findings, indent: 2)
        pieces += details.map { Output.Piece("  - \($0)") }
        if let place { pieces.append(Output.Piece("  where: \(place)")) }
        pieces += extra.map { Output.Piece("  \($0.key): \($0.value.leafText)", .strong) }
        if let remedy, remedy != nextCommand { pieces.append(Output.Piece("  do:    \(SafeText(lines: remedy))")) }
        pieces.append(Output.Piece("  next:  \(nextCommand)"))
        return pieces
    }
}

extension Output {
    func report(_ error: ErrorReport) {
        if isJSON {
            self.error(SafeText(json: error.document, pretty: format == .json))
        } else {
            for piece in error.pieces { self.error(piece.text, piece.style) }
        }
    }
}
