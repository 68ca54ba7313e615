/// A store that images go to. Any number of calls may be under way at once; the rules of `ObjectSource` hold.
package protocol ImageTarget: Sendable {
    var capabilities: TargetCapabilities { get }

    /// Stores one image under a key, wholly or not at all: when the content's stream throws, or the task is cancelled,
    /// no object appears and an old one stays as it was, unless the target knows no replacing.
    ///
    /// - Throws: `ObjectFailure`; `quota` and `throttled` among others, and what the content's stream threw.
    func put(_ key: ObjectKey, _ content: ImageContent, _ precondition: PutPrecondition) async throws(ObjectFailure)
        -> PutOutcome

    /// What is there under a key; nil: nothing.
    func lookUp(_ key: ObjectKey) async throws(ObjectFailure) -> TargetObject?

    /// How many images fit; nil where there is no such limit.
    func quota() async throws(ObjectFailure) -> TargetQuota?

    /// Returns when everything that `put` has stored until now survives a loss of power. Asked before images are written
    /// down as imported, for many at once.
    func settle() async throws(ObjectFailure)
}

extension ImageTarget {
    /// Where storing is lasting by itself.
    package func settle() async throws(ObjectFailure) {}
}

/// What a target promises and refuses. The engine knows it before it sends anything.
package struct TargetCapabilities: Hashable, Sendable {
    package var formats: Set<ImageFormat>
    /// What it takes; nil: no limit of its own.
    package var maximumBytes: Int64?
    package var maximumPixels: Int64?
    package var maximumSide: Int?
    /// Instead of `maximumSide`, for single formats.
    package var maximumSides: [ImageFormat: Int]
    /// Sum of the areas of all frames, in pixels.
    package var maximumAnimationArea: Int64?
    /// Bytes of a key.
    package var maximumKeyBytes: Int?
    /// Requests a second that its rules allow; nil: unknown. For the survey's estimate.
    package var requestsPerSecond: Double?

    package init(
        formats: Set<ImageFormat> = Set(ImageFormat.allCases),
        maximumBytes: Int64? = nil, maximumPixels: Int64? = nil, maximumSide: Int? = nil,
        maximumSides: [ImageFormat: Int] = [:],
        maximumAnimationArea: Int64? = nil, maximumKeyBytes: Int? = nil, requestsPerSecond: Double? = nil
    ) {
        self.formats = formats
        self.maximumBytes = maximumBytes
        self.maximumPixels = maximumPixels
        self.maximumSide = maximumSide
        self.maximumSides = maximumSides
        self.maximumAnimationArea = maximumAnimationArea
        self.maximumKeyBytes = maximumKeyBytes
        self.requestsPerSecond = requestsPerSecond
    }
}

/// What is stored, and as what.
package struct ImageContent: Sendable {
    package enum Body: Sendable {
        /// The whole image, small.
        case bytes([UInt8])
        /// `length` bytes to come; fewer or more are an error of the source.
        case stream(any ByteStream, length: Int64)
    }

    package var body: Body
    /// What the bytes are, not what the name says.
    package var format: ImageFormat
    package var metadata: [String: String]

    package init(_ body: Body, format: ImageFormat, metadata: [String: String] = [:]) {
        self.body = body
        self.format = format
        self.metadata = metadata
    }

    /// Whether the bytes are still to come, and come once.
    package var isStream: Bool { if case .stream = body { true } else { false } }

    /// Bytes.
    package var length: Int64 {
        switch body {
        case .bytes(let bytes): Int64(bytes.count)
        case .stream(_, let length): length
        }
    }
}

package enum PutPrecondition: Hashable, Sendable {
    /// Only where nothing is.
    case createOnly
    case always
    /// Only over an object in this state.
    case ifMatches(EntityTag)
}

package enum PutOutcome: Hashable, Sendable {
    /// Stored where nothing was; also where the target cannot tell.
    case created
    case replaced
    /// Something is there, and the precondition forbade to touch it.
    case kept
}

package struct TargetObject: Hashable, Sendable {
    package var size: Int64?
    package var etag: EntityTag?

    package init(size: Int64?, etag: EntityTag? = nil) {
        self.size = size
        self.etag = etag
    }
}

package struct TargetQuota: Hashable, Sendable {
    /// Images.
    package var used: Int64
    package var allowed: Int64

    package init(used: Int64, allowed: Int64) {
        self.used = used
        self.allowed = allowed
    }

    package var left: Int64 { max(0, allowed - used) }
}
