/// One object as a listing names it.
package struct SourceObject: Hashable, Sendable {
    package var key: ObjectKey
    /// Bytes; nil where a manifest named the object and nobody listed it.
    package var size: Int64?
    /// Changes with the content.
    package var etag: EntityTag?
    /// Milliseconds since 1970.
    package var modified: Int64?
    package var storageClass: StorageClass

    package init(
        _ key: ObjectKey, size: Int64? = nil, etag: EntityTag? = nil, modified: Int64? = nil,
        storageClass: StorageClass = .immediate
    ) {
        self.key = key
        self.size = size
        self.etag = etag
        self.modified = modified
        self.storageClass = storageClass
    }
}

/// A store's mark of one state of an object: opaque, compared byte by byte, without the quotes of RFC 9110 §8.8.3.
package struct EntityTag: Hashable, Sendable {
    package var text: String
    package init(_ text: String) { self.text = text }
}

/// Whether an object can be read now.
package enum StorageClass: Hashable, Sendable {
    case immediate
    /// It must be restored first; the store's own word for the class, e.g. `GLACIER`.
    case archived(String)

    /// S3's names: Glacier Instant Retrieval and the online tiers can be read at once, Glacier and Deep Archive cannot.
    /// The tiers inside Intelligent-Tiering cannot be seen in a listing; a GET answers `InvalidObjectState` there
    /// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html).
    package init(s3 name: String) {
        switch name {
        case "GLACIER", "DEEP_ARCHIVE": self = .archived(name)
        default: self = .immediate
        }
    }
}
