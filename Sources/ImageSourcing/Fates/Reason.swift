/// Why an object was not imported. A closed list of stable names: reports, retries and counts are by these.
package enum Reason: String, Hashable, Sendable, CaseIterable {
    // MARK: skipped, seen in the listing

    /// No byte in it.
    case empty
    case tooLarge = "too-large"
    case archived
    /// The filter leaves it out.
    case excluded
    /// Imported from this very state before.
    case unchanged

    // MARK: skipped, seen in the bytes

    case notAnImage = "not-an-image"
    case unsupportedFormat = "unsupported-format"
    case truncated
    case badChecksum = "bad-checksum"
    /// Its structure contradicts itself.
    case malformed
    case tooManyPixels = "too-many-pixels"
    case sideTooLong = "side-too-long"
    case animationArea = "animation-area"
    /// An SVG that would run or fetch something.
    case svgActive = "svg-active"
    /// Not imported because the policy skips what is declared as another type than its bytes are.
    case typeMismatch = "type-mismatch"

    // MARK: failed

    case gone
    case changed
    case denied
    case timedOut = "timed-out"
    case throttled
    case unavailable
    case unreachable
    case cut
    case sourceError = "source-error"
    case badName = "bad-name"
    case targetRefused = "target-refused"
    case targetError = "target-error"
    case quota

    /// What is done about it: a skipped object is one that is not wanted, a failed one is wanted and did not make it.
    package var isFailure: Bool {
        switch self {
        case .empty, .tooLarge, .archived, .excluded, .unchanged, .notAnImage, .unsupportedFormat, .truncated,
            .badChecksum, .malformed, .tooManyPixels, .sideTooLong, .animationArea, .svgActive, .typeMismatch:
            false
        case .gone, .changed, .denied, .timedOut, .throttled, .unavailable, .unreachable, .cut, .sourceError, .badName,
            .targetRefused, .targetError, .quota:
            true
        }
    }
}
