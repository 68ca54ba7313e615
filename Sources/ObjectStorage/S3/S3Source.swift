package import ImageSourcing
internal import WebTransport

/// A bucket that images come from.
package struct S3Source: ObjectSource {
    private let client: S3Client

    package init(_ client: S3Client) { self.client = client }

    /// A page costs one request. Keys are asked for URL-encoded: XML 1.0 cannot say every character.
    package func list(_ request: ListingRequest) async throws(ObjectFailure) -> ListingPage {
        var query: [(name: String, value: [UInt8])] = []
        if let delimiter = request.delimiter { query.append(("delimiter", [delimiter])) }
        query.append(("encoding-type", Array("url".utf8)))
        query.append(("list-type", Array("2".utf8)))
        query.append(("max-keys", Array("\(max(1, min(1000, request.limit)))".utf8)))
        if !request.prefix.isEmpty { query.append(("prefix", request.prefix.bytes)) }
        if let after = request.after { query.append(("start-after", after.bytes)) }
        let stream = try await client.send(S3Client.Call(path: client.location.bucketPath, query: query))
        guard stream.status == 200 else { throw missing(await client.failure(stream)) }
        let limit = ListObjectsReply.maximumBytes
        let body: [UInt8]
        do throws(WebError) {
            body = try await stream.whole(atMost: limit + 1)
        } catch {
            throw ObjectFailure(error)
        }
        guard body.count <= limit else {
            throw ObjectFailure(.unreadable, "The listing is longer than \(limit) bytes a page.")
        }
        do throws(XMLReader.Fault) {
            return try page(ListObjectsReply(body), request)
        } catch {
            throw ObjectFailure(
                .unreadable, "The listing cannot be read: \(error.message), at byte \(error.offset).",
                remedy: "Check that the endpoint speaks S3.")
        }
    }

    /// The bucket itself is asked: what is not found is the bucket.
    private func missing(_ failure: ObjectFailure) -> ObjectFailure {
        guard failure.code == .gone else { return failure }
        return ObjectFailure(.missing, "There is no bucket \(client.location.bucket).", remedy: "Check the name.")
    }

    private func page(_ reply: ListObjectsReply, _ request: ListingRequest) -> ListingPage {
        guard reply.isTruncated else { return ListingPage(reply.objects, next: nil, prefixes: reply.prefixes) }
        let last = [reply.objects.last?.key, reply.prefixes.last].compactMap { $0 }.max()
        // A page that is not the last and ends where it began would be asked for again and again. Whether it ends
        // behind its beginning by the bytes is not asked: SeaweedFS lists folder by folder, all of `k/` before `k-a`,
        // and goes on in that order from any key.
        return ListingPage(reply.objects, next: last == request.after ? nil : last, prefixes: reply.prefixes)
    }

    package func open(
        _ key: ObjectKey, range: Range<Int64>?, expecting etag: EntityTag?
    ) async throws(ObjectFailure) -> ObjectBody {
        var call = S3Client.Call(path: client.location.path(key.bytes))
        if let etag { call.headers.append(("if-match", "\"\(etag.text)\"")) }
        if let range {
            guard !range.isEmpty else {
                return ObjectBody(ObjectBody.Head(length: 0), bytes: BufferedStream([]))
            }
            call.headers.append(("range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)"))
        }
        let stream = try await client.send(call)
        switch stream.status {
        case 206: break
        case 200 where (range?.lowerBound ?? 0) == 0: break
        default: throw await client.failure(stream)
        }
        return ObjectBody(head(stream), bytes: StoredBytes(stream))
    }

    private func head(_ stream: WebStream) -> ObjectBody.Head {
        var head = ObjectBody.Head(length: stream.length)
        let prefix = client.location.dialect.headerPrefix + "meta-"
        for line in stream.headers.lines {
            if line.isNamed("etag") {
                head.etag = EntityTag(quoted: line.value)
            } else if line.isNamed("content-type") {
                head.contentType = line.value
            } else if let name = line.name(after: prefix) {
                head.metadata[name] = line.value
            }
        }
        return head
    }
}
