/// Takes one object from source to target, once: opened, inspected, stored under the run's policy.
struct ObjectTransfer: Sendable {
    /// What is at most held whole in memory; what is larger is sent on while it comes.
    static let smallBytes = 512 << 10

    struct Result: Sendable {
        var row: LedgerRow
        /// When it is no fate of the object's own.
        var failure: ObjectFailure?
        /// Bytes read.
        var bytes: Int64
    }

    let source: any ObjectSource
    let target: any ImageTarget
    let settings: MigrationSettings
    let limits: ImageLimits
    let gauge: StageGauge

    /// - Parameter mayBeDone: whether an earlier process may have stored it without writing that down.
    func run(_ row: LedgerRow, mayBeDone: Bool) async -> Result {
        var result = Result(row: row, failure: nil, bytes: 0)
        result.row.attempts += 1
        (result.row.offset, result.row.format) = (nil, nil)
        result.row.flags.formIntersection(.ours)
        let key = settings.targetKey(of: row.object.key)
        if let most = target.capabilities.maximumKeyBytes, key.bytes.count > most {
            return fail(result, ObjectFailure(.badName, "the key is too long for the target"), .badName)
        }
        let body: ObjectBody
        do {
            gauge.enter(.source)
            defer { gauge.leave(.source) }
            body = try await source.open(row.object.key, range: nil, expecting: row.object.etag)
        } catch {
            return fail(result, error, .source(error.code))
        }
        defer { body.bytes.close() }
        if row.object.size == nil { result.row.object.size = body.head.length }
        var inspector = ImageInspector(
            limits: limits, formats: target.capabilities.formats, active: settings.activePolicy, key: row.object.key)
        var chunks: [[UInt8]] = []
        var count = 0
        do {
            gauge.enter(.source)
            defer { gauge.leave(.source) }
            while count <= Self.smallBytes {
                guard let chunk = try await body.bytes.next() else {
                    _ = inspector.finish()
                    break
                }
                count += chunk.count
                result.bytes += Int64(chunk.count)
                chunks.append(chunk)
                if case .refused = inspector.consume(chunk) { break }
            }
        } catch {
            return fail(result, error, .source(error.code))
        }
        result.row.format = inspector.facts?.format
        if case .refused(let flaw) = inspector.verdict { return refuse(result, flaw) }
        guard let format = inspector.facts?.format else { return refuse(result, Flaw(.notAnImage, at: 0)) }
        if Declared.contradicts(format, key: row.object.key, contentType: body.head.contentType) {
            if settings.mismatch == .skip { return refuse(result, Flaw(.typeMismatch, at: 0)) }
            result.row.flags.insert(.typeMismatch)
        }
        var stream: InspectedStream?
        let content: ImageContent.Body
        if count <= Self.smallBytes {
            content = .bytes(chunks.count == 1 ? chunks[0] : Array(chunks.joined()))
        } else if let length = body.head.length ?? row.object.size {
            let inspected = InspectedStream(chunks, then: body.bytes, inspector: inspector)
            content = .stream(inspected, length: length)
            stream = inspected
        } else {
            return fail(result, ObjectFailure(.unreadable, "the source does not tell its length"), .sourceError)
        }
        chunks = []
        do {
            gauge.enter(.target)
            defer { gauge.leave(.target) }
            result.row.fate = try await store(
                key, ImageContent(content, format: format, metadata: body.head.metadata), row, mayBeDone: mayBeDone)
        } catch {
            if let flaw = await stream?.flaw { return refuse(result, flaw) }
            if let failure = await stream?.failure { return fail(result, failure, .source(failure.code)) }
            return fail(result, error, .target(error.code))
        }
        let facts = if let stream { await stream.facts } else { inspector.facts }
        if facts?.activity != nil, settings.activePolicy == .flag { result.row.flags.insert(.activeSVG) }
        return result
    }

    /// Stores an image as the policy allows.
    private func store(_ key: ObjectKey, _ content: ImageContent, _ row: LedgerRow, mayBeDone: Bool)
        async throws(ObjectFailure) -> ObjectFate
    {
        var replaces: Bool =
            switch settings.overwrite {
            case .never: false
            case .always: true
            case .ifChanged: row.flags.contains(.ours)
            }
        // What is sent while it comes cannot be sent twice: the target is asked before.
        if !replaces, mayBeDone || settings.overwrite == .ifChanged, case .stream = content.body,
            let there = try await target.lookUp(key)
        {
            if there.size == content.length { return mayBeDone ? .imported(replaced: false) : .kept }
            guard there.size != nil else { return .kept }
            guard settings.overwrite == .ifChanged || there.size == 0 else { return .kept }
            replaces = true
        }
        switch try await target.put(key, content, replaces ? .always : .createOnly) {
        case .created: return .imported(replaced: false)
        case .replaced: return .imported(replaced: true)
        case .kept:
            let there = try await mayBeDone || settings.overwrite == .ifChanged ? target.lookUp(key) : nil
            if mayBeDone, let there, there.size == content.length { return .imported(replaced: false) }
            // After a loss of power a file may have its name and none of its bytes.
            let isShell = mayBeDone && there?.size == 0
            // What does not tell its size is taken for the same.
            let differs = there.map { $0.size != nil && $0.size != content.length } ?? true
            guard isShell || settings.overwrite == .ifChanged && differs, case .bytes = content.body else {
                return .kept
            }
            return .imported(replaced: try await target.put(key, content, .always) == .replaced && !isShell)
        }
    }

    private func refuse(_ result: Result, _ flaw: Flaw) -> Result {
        var result = result
        result.row.fate = ObjectFate(flaw.reason)
        result.row.offset = flaw.offset
        return result
    }

    private func fail(_ result: Result, _ failure: ObjectFailure, _ reason: Reason) -> Result {
        var result = result
        result.row.fate = ObjectFate(reason)
        result.failure = failure
        return result
    }
}

extension Reason {
    /// A failure of the source, as a fate.
    static func source(_ code: ObjectFailure.Code) -> Reason {
        switch code {
        case .gone: .gone
        case .changed: .changed
        case .archived: .archived
        case .denied: .denied
        case .timedOut: .timedOut
        case .throttled: .throttled
        case .unavailable: .unavailable
        case .unreachable: .unreachable
        case .cut: .cut
        case .badName: .badName
        case .missing, .unsatisfiable, .quota, .refused, .unreadable, .local, .cancelled: .sourceError
        }
    }

    /// A failure of the target.
    static func target(_ code: ObjectFailure.Code) -> Reason {
        switch code {
        case .quota: .quota
        case .refused: .targetRefused
        case .badName: .badName
        case .denied: .denied
        case .timedOut: .timedOut
        case .throttled: .throttled
        case .unavailable: .unavailable
        case .unreachable: .unreachable
        case .gone, .missing, .changed, .archived, .unsatisfiable, .cut, .unreadable, .local, .cancelled: .targetError
        }
    }
}

/// What names and headers claim of an image.
enum Declared {
    /// Whether one of them says that it is another image format. What says nothing of images lies about nothing.
    static func contradicts(_ format: ImageFormat, key: ObjectKey, contentType: String?) -> Bool {
        let name = key.bytes.suffix(8)
        if let dot = name.lastIndex(of: UInt8(ascii: ".")) {
            let ending = String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased()
            if let claimed = ImageFormat.allCases.first(where: { $0.fileExtensions.contains(ending) }),
                claimed != format
            {
                return true
            }
        }
        guard let type = contentType?.lowercased().prefix(while: { $0 != ";" && $0 != " " }), type.hasPrefix("image/")
        else {
            return false
        }
        let same: [Substring: String] = [
            "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/heif": "image/heic",
        ]
        return (same[type] ?? String(type)) != format.mediaType
    }
}
