/// What is fuzzed: bytes in, nothing out.
///
/// A target ends the process through `hold` when something that must be so is not so, and otherwise returns whatever
/// the bytes are. It has no state, so that one file always does the same.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// Parser, canonical printer, compiler, evaluator, gates and partial evaluation.
    case expression
    /// Patterns of Rust's syntax, translated and matched.
    case regex
    /// What is proven of two conditions, against a request through the whole engine.
    case proof
    /// Compiled expressions: verifier and evaluator.
    case program
    /// Encoded plans: verifier, decoder, engine.
    case plan
    /// YAML and JSON.
    case document
    /// Zone files, up to the plan that the edge accepts, and what lint says about them.
    case zone
    /// Answers of Cloudflare's API.
    case cloudflare
    /// What Envoys ask the server.
    case discovery
    /// What nodes report to the server.
    case report
    /// Addresses, names, times and other short texts.
    case words
    /// Bytes that say they are an image.
    case image
    /// Answers of an object store: listings and refusals.
    case storage
    /// What Postfix, mail clients and workers send: policy requests, netstrings, milter packets, headers, log lines,
    /// rewritten senders, verdicts, addresses.
    case mail
    /// Answers of name servers.
    case dns

    package func run(_ bytes: [UInt8]) {
        switch self {
        case .expression: ExpressionFuzz.run(bytes)
        case .regex: RegexFuzz.run(bytes)
        case .proof: ProofFuzz.run(bytes)
        case .program: ProgramFuzz.run(bytes)
        case .plan: PlanFuzz.run(bytes)
        case .document: DocumentFuzz.run(bytes)
        case .zone: ZoneFuzz.run(bytes)
        case .cloudflare: CloudflareFuzz.run(bytes)
        case .discovery: DiscoveryFuzz.run(bytes)
        case .report: ReportFuzz.run(bytes)
        case .words: WordsFuzz.run(bytes)
        case .image: ImageFuzz.run(bytes)
        case .storage: StorageFuzz.run(bytes)
        case .mail: MailFuzz.run(bytes)
        case .dns: DNSFuzz.run(bytes)
        }
    }
}

/// Ends the process with what is not as it must be. It stays in release builds, unlike `assert`.
func hold(_ condition: Bool, _ promise: @autoclosure () -> String) {
    if !condition { fatalError("broken promise: \(promise())") }
}
