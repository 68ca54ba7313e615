/// What a migration would meet: everything listed, a sample looked at, nothing sent anywhere.
package struct Survey: Hashable, Sendable {
    /// What was seen of one sampled object.
    package struct Sampled: Hashable, Sendable {
        package var key: ObjectKey
        package var format: ImageFormat?
        package var reason: Reason?
    }

    package var objects = 0
    package var bytes: Int64 = 0
    package var pages = 0
    /// What the listing alone leaves out.
    package var skipped: [Reason: Int] = [:]
    /// Objects that would be read.
    package var wanted: Int { objects - skipped.values.reduce(0, +) }
    package var wantedBytes: Int64 = 0
    package var sample: [Sampled] = []
    /// Sampled objects whose name is taken at the target.
    package var clashes: [ObjectKey] = []
    /// Whether names were compared with a target.
    package var isCompared = false
    /// Requests a second that the target allows; nil: it does not say.
    package var requestsPerSecond: Double?
    /// How many images the target still takes; nil: it does not say.
    package var room: Int64?

    package init() {}

    /// Images that the target would have no room for.
    package var tooMany: Int64 { room.map { max(0, Int64(wanted) - $0) } ?? 0 }

    /// Requests to the source and to the target for a whole migration.
    package var calls: Int { pages + 2 * wanted }

    /// At the target's own limit; nil where it has none.
    package var hours: Double? { requestsPerSecond.map { Double(wanted) / $0 / 3600 } }

    package var formats: [(ImageFormat, Int)] {
        ImageFormat.allCases.map { format in (format, sample.filter { $0.format == format && $0.reason == nil }.count) }
            .filter { $0.1 > 0 }
    }

    package var refusals: [(Reason, Int)] {
        Reason.allCases.map { reason in (reason, sample.filter { $0.reason == reason }.count) }.filter { $0.1 > 0 }
    }
}

/// Makes a survey.
package struct Surveyor: Sendable {
    /// Who could not be asked, and why.
    package struct Trouble: Error, Hashable {
        package var store: ImageStore.Role
        package var failure: ObjectFailure
    }

    /// So often something is asked that may go by itself.
    private static let attempts = 5
    /// Bytes of a sampled object that are looked at.
    private static let window: Int64 = 64 << 10

    private let source: any ObjectSource
    private let target: (any ImageTarget)?
    private let settings: MigrationSettings
    private let sampleSize: Int
    private let random: @Sendable (Int) -> Int
    private let rest: @Sendable (Duration) async -> Void
    private let limits: ImageLimits

    /// - Parameters:
    ///   - random: a number from 0 to below the given one.
    ///   - rest: between two attempts.
    package init(
        _ source: any ObjectSource, target: (any ImageTarget)?, settings: MigrationSettings, sampleSize: Int,
        random: @escaping @Sendable (Int) -> Int,
        rest: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    ) {
        self.source = source
        self.target = target
        self.settings = settings
        self.sampleSize = sampleSize
        self.random = random
        self.rest = rest
        let abilities = target?.capabilities
        limits = ImageLimits(maximumBytes: settings.maximumBytes).stricter(
            ImageLimits(
                maximumBytes: abilities?.maximumBytes, maximumPixels: abilities?.maximumPixels,
                maximumSide: abilities?.maximumSide, maximumSides: abilities?.maximumSides ?? [:],
                maximumAnimationArea: abilities?.maximumAnimationArea))
    }

    /// - Parameter mostPages: pages of a thousand objects that are listed at most; nil: all.
    /// - Parameter progress: called with the number of objects after each page.
    package func run(mostPages: Int? = nil, progress: @Sendable (Int) -> Void = { _ in }) async throws(Trouble)
        -> Survey
    {
        var survey = Survey()
        survey.requestsPerSecond = target?.capabilities.requestsPerSecond
        if let target {
            let quota = try await blaming(.target) { () throws(ObjectFailure) in
                try await patiently { () throws(ObjectFailure) in try await target.quota() }
            }
            survey.room = quota?.left
        }
        var sampled: [SourceObject] = []
        var request = ListingRequest(prefix: ObjectKey(settings.filter.prefix))
        while true {
            let now = request
            let page = try await blaming(.source) { () throws(ObjectFailure) in
                try await patiently { () throws(ObjectFailure) in try await source.list(now) }
            }
            survey.pages += 1
            for object in page.objects {
                survey.objects += 1
                survey.bytes += object.size ?? 0
                if let reason = settings.verdict(on: object, limits: limits) {
                    survey.skipped[reason, default: 0] += 1
                    continue
                }
                survey.wantedBytes += object.size ?? 0
                // Every object is in the sample with the same probability (Vitter's algorithm R).
                if sampled.count < sampleSize {
                    sampled.append(object)
                } else if case let place = random(survey.wanted), place < sampleSize {
                    sampled[place] = object
                }
            }
            progress(survey.objects)
            guard let next = page.next, survey.pages < mostPages ?? .max else { break }
            request.after = next
        }
        for object in sampled {
            survey.sample.append(
                try await blaming(.source) { () throws(ObjectFailure) in try await look(at: object) })
            guard let target else { continue }
            survey.isCompared = true
            let key = settings.targetKey(of: object.key)
            let there = try await blaming(.target) { () throws(ObjectFailure) in
                try await patiently { () throws(ObjectFailure) in try await target.lookUp(key) }
            }
            if there != nil { survey.clashes.append(object.key) }
        }
        return survey
    }

    private func blaming<Answer>(
        _ store: ImageStore.Role, _ work: () async throws(ObjectFailure) -> Answer
    ) async throws(Trouble) -> Answer {
        do { return try await work() } catch { throw Trouble(store: store, failure: error) }
    }

    /// Asks again where it may help, as a migration does.
    private func patiently<Answer>(_ question: () async throws(ObjectFailure) -> Answer) async throws(ObjectFailure)
        -> Answer
    {
        var attempt = 1
        while true {
            do {
                return try await question()
            } catch {
                guard error.isPassing, attempt < Self.attempts, !Task.isCancelled else { throw error }
                await rest(error.retryAfter.map { min($0, .seconds(60)) } ?? .milliseconds(200 << attempt))
                attempt += 1
            }
        }
    }

    /// The first bytes of an object.
    private func look(at object: SourceObject) async throws(ObjectFailure) -> Survey.Sampled {
        var inspector = ImageInspector(
            limits: limits, formats: target?.capabilities.formats ?? Set(ImageFormat.allCases),
            active: settings.activePolicy, key: object.key)
        do {
            let body = try await patiently { () throws(ObjectFailure) in
                try await source.open(object.key, range: 0..<Self.window, expecting: nil)
            }
            defer { body.bytes.close() }
            var count: Int64 = 0
            while count < Self.window, inspector.verdict == .undecided, let chunk = try await body.bytes.next() {
                count += Int64(chunk.count)
                inspector.consume(chunk)
            }
            if let size = object.size, count >= size { _ = inspector.finish() }
        } catch {
            guard !error.concernsAll, error.code != .cancelled else { throw error }
            return Survey.Sampled(key: object.key, format: nil, reason: .source(error.code))
        }
        if case .refused(let flaw) = inspector.verdict {
            return Survey.Sampled(key: object.key, format: inspector.facts?.format, reason: flaw.reason)
        }
        return Survey.Sampled(
            key: object.key, format: inspector.facts?.format, reason: inspector.facts == nil ? .notAnImage : nil)
    }
}
