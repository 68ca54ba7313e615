/// Decides while bytes pass whether they are an image that is wanted: by magic, header, limits and a walk through the
/// structure to the end. Keeps at most a header window of `Gathered.limit` bytes, whatever comes.
///
///     var inspector = ImageInspector(limits: limits)
///     for chunk in chunks { if case .refused(let flaw) = inspector.consume(chunk) { … } }
///     let verdict = inspector.finish()
package struct ImageInspector: Sendable {
    /// What is done with an SVG that would run or fetch something.
    package enum ActivePolicy: String, Hashable, Sendable, CaseIterable {
        /// Not imported.
        case skip
        /// Imported, and nothing said.
        case pass
        /// Imported, and marked in ledger and report.
        case flag
    }

    private let limits: ImageLimits
    private let formats: Set<ImageFormat>
    private let active: ActivePolicy
    private let takesGzip: Bool
    private var head: [UInt8] = []
    private var walk: (any FormatWalk)?
    private var consumed: Int64 = 0
    package private(set) var verdict = Verdict.undecided

    /// - Parameter key: its ending tells whether compressed bytes may be a compressed SVG; nothing else is believed of a
    ///   name.
    package init(
        limits: ImageLimits = ImageLimits(), formats: Set<ImageFormat> = Set(ImageFormat.allCases),
        active: ActivePolicy = .flag, key: ObjectKey? = nil
    ) {
        self.limits = limits
        self.formats = formats
        self.active = active
        let ending = (key?.bytes.suffix(5)).map { String(decoding: $0, as: UTF8.self).lowercased() } ?? ""
        takesGzip = ending == ".svgz" || ending.hasSuffix(".svg")
    }

    /// What is known of the image; nil until its first bytes have told what it is.
    package var facts: ImageFacts? { walk?.facts }

    /// Takes the next bytes in order; once decided, only their number counts.
    @discardableResult
    package mutating func consume(_ bytes: [UInt8]) -> Verdict {
        consumed += Int64(bytes.count)
        if let most = limits.maximumBytes, consumed > most {
            if case .refused = verdict {} else { verdict = .refused(Flaw(.tooLarge, at: most)) }
            return verdict
        }
        guard verdict == .undecided else { return verdict }
        if walk == nil {
            head += bytes.prefix(ImageSniffer.window - head.count)
            let taken = head.count
            guard sniff(isEnd: false) else { return verdict }
            let first = head
            head = []
            advance(first.span)
            // What did not fit into the window comes after it.
            let rest = Int(consumed) - taken
            if verdict == .undecided, rest > 0 { advance(bytes.span.extracting(last: rest)) }
        } else {
            advance(bytes.span)
        }
        return verdict
    }

    /// The bytes have ended.
    package mutating func finish() -> Verdict {
        guard verdict == .undecided else { return verdict }
        if consumed == 0 { return refuse(.empty, at: 0) }
        if walk == nil {
            guard sniff(isEnd: true) else {
                if verdict == .undecided { refuse(.notAnImage, at: 0) }
                return verdict
            }
            let first = head
            head = []
            advance(first.span)
            guard verdict == .undecided else { return verdict }
        }
        if let walk { settle(walk.end()) }
        return verdict
    }

    /// - Returns: whether the format is known now.
    private mutating func sniff(isEnd: Bool) -> Bool {
        switch ImageSniffer.answer(head, isEnd: isEnd, takesGzip: takesGzip) {
        case .more: return false
        case .refused(let reason):
            refuse(reason, at: reason == .truncated ? consumed : 0)
            return false
        case .format(let format):
            guard formats.contains(format) else {
                refuse(.unsupportedFormat, at: 0)
                return false
            }
            walk = Self.walk(format, head)
            return true
        }
    }

    private static func walk(_ format: ImageFormat, _ head: [UInt8]) -> any FormatWalk {
        switch format {
        case .jpeg: JPEGWalk()
        case .png: PNGWalk()
        case .gif: GIFWalk()
        case .webp: WebPWalk()
        case .avif, .heic: BoxWalk(format)
        case .svg: if let wide = WideSVGWalk(head) { wide } else { SVGWalk() }
        }
    }

    private mutating func advance(_ bytes: Span<UInt8>) {
        guard let state = walk?.consume(bytes) else { return }
        settle(state)
    }

    /// What is known of an image was there before the flaw behind it, so it is judged first: one verdict, however the
    /// bytes are cut.
    private mutating func settle(_ state: WalkState) {
        guard let facts = walk?.facts else { return }
        if let reason = limits.broken(by: facts) {
            refuse(reason, at: 0)
        } else if active == .skip, facts.activity != nil {
            refuse(.svgActive, at: 0)
        } else if case .flaw(let flaw) = state {
            verdict = .refused(flaw)
        } else if state == .whole {
            verdict = .whole(facts)
        }
    }

    @discardableResult
    private mutating func refuse(_ reason: Reason, at offset: Int64) -> Verdict {
        verdict = .refused(Flaw(reason, at: offset))
        return verdict
    }
}
