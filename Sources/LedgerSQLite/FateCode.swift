import ImageSourcing

/// Fates as numbers in the file. A number never gets another meaning.
enum FateCode {
    private static let reasons: [Reason: Int] = [
        .empty: 16, .tooLarge: 17, .archived: 18, .excluded: 19, .unchanged: 20, .notAnImage: 21,
        .unsupportedFormat: 22, .truncated: 23, .badChecksum: 24, .malformed: 25, .tooManyPixels: 26,
        .sideTooLong: 27, .animationArea: 28, .svgActive: 29, .typeMismatch: 30,
        .gone: 64, .changed: 65, .denied: 66, .timedOut: 67, .throttled: 68, .unavailable: 69, .unreachable: 70,
        .cut: 71, .sourceError: 72, .badName: 73, .targetRefused: 74, .targetError: 75, .quota: 76,
    ]
    private static let fates: [Int: ObjectFate] = Dictionary(
        uniqueKeysWithValues: reasons.map { ($0.value, ObjectFate($0.key)) }
            + [(0, .pending), (1, .imported(replaced: false)), (2, .imported(replaced: true)), (3, .kept)])

    static let pending = 0

    static func of(_ fate: ObjectFate) -> Int {
        switch fate {
        case .pending: pending
        case .imported(let replaced): replaced ? 2 : 1
        case .kept: 3
        // 127: a reason without a number would be a mistake of ours; a test holds that there is none.
        case .skipped(let reason), .failed(let reason): reasons[reason] ?? 127
        }
    }

    /// nil: written by a newer program, or damaged.
    static func fate(_ code: Int) -> ObjectFate? { fates[code] }

    private static let formats: [ImageFormat] = [.jpeg, .png, .gif, .webp, .avif, .heic, .svg]

    /// From 1; 0: none.
    static func of(_ format: ImageFormat?) -> Int { format.flatMap { formats.firstIndex(of: $0) }.map { $0 + 1 } ?? 0 }
    static func format(_ code: Int) -> ImageFormat? { formats.indices.contains(code - 1) ? formats[code - 1] : nil }
}
