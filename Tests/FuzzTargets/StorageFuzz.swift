import ImageSourcing
import ObjectStorage
import WebTransport

/// An answer of an object store: what was read is written down plainly and read again, the same.
enum StorageFuzz {
    static func run(_ bytes: [UInt8]) {
        refusal(bytes)
        guard let read = try? ListObjectsReply(bytes) else { return }
        // `<Contents><Key>x</Key></Contents>` is the shortest.
        hold(read.objects.count <= bytes.count / 33, "an object takes its place in the answer")
        hold(read.objects.allSatisfy { !$0.key.isEmpty }, "every object has a key")
        guard let again = try? ListObjectsReply(plain(read)) else { return hold(false, "what is written can be read") }
        hold(again.objects.map(\.key) == read.objects.map(\.key), "keys stay what they are")
        hold(again.objects.map(\.size) == read.objects.map(\.size), "sizes stay what they are")
        hold(again.prefixes == read.prefixes && again.isTruncated == read.isTruncated, "the page stays what it is")
    }

    /// Every byte of a name percent-encoded, as a store does for those that XML cannot say.
    private static func plain(_ reply: ListObjectsReply) -> [UInt8] {
        var text = "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>\(reply.isTruncated)</IsTruncated>"
        for object in reply.objects {
            text += "<Contents><Key>\(encoded(object.key))</Key>"
            if let size = object.size { text += "<Size>\(size)</Size>" }
            text += "</Contents>"
        }
        for prefix in reply.prefixes { text += "<CommonPrefixes><Prefix>\(encoded(prefix))</Prefix></CommonPrefixes>" }
        return Array((text + "</ListBucketResult>").utf8)
    }

    private static func encoded(_ key: ObjectKey) -> String {
        PercentEncoding.encode(key.bytes, keepingSlashes: true)
    }

    private static func refusal(_ bytes: [UInt8]) {
        for status in [301, 403, 404, 503] {
            let failure = S3ErrorReply(status: status, headers: WebHeaders(), body: bytes)
                .failure(bucket: "press", region: "us-east-1", now: 0)
            hold(failure.message.count < 500 && failure.remedy.count < 500, "words have an end")
        }
    }
}
