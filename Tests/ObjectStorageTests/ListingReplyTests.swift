import ImageSourcing
import Testing
import WebTransport

@testable import ObjectStorage

@Suite struct ListingReplyTests {
    private func reply(_ text: String) throws -> ListObjectsReply { try ListObjectsReply(Array(text.utf8)) }

    @Test func everyFieldIsRead() throws {
        let read = try reply(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>Key</Prefix>
              <IsTruncated>true</IsTruncated>
              <Contents><Key>a%20b%2B+c.png</Key><LastModified>2026-11-22T00:00:00.000Z</LastModified>
                <ETag>&quot;d41d8&quot;</ETag><Size>5368709120</Size><StorageClass>DEEP_ARCHIVE</StorageClass>
                <Owner><ID>x</ID><Key>no</Key></Owner></Contents>
              <Contents><Key>b</Key><Size>0</Size></Contents>
              <CommonPrefixes><Prefix>d%2F</Prefix></CommonPrefixes><CommonPrefixes><Prefix>e/</Prefix></CommonPrefixes>
              <EncodingType>url</EncodingType>
            </ListBucketResult>
            """)
        #expect(read.isTruncated)
        #expect(
            read.objects == [
                SourceObject(
                    ObjectKey("a b+ c.png"), size: 5_368_709_120, etag: EntityTag("d41d8"),
                    modified: 1_795_305_600_000, storageClass: .archived("DEEP_ARCHIVE")),
                SourceObject(ObjectKey("b"), size: 0),
            ])
        #expect(read.prefixes == [ObjectKey("d/"), ObjectKey("e/")])
    }

    @Test func withoutAnEncodingKeysStandAsTheyAre() throws {
        let read = try reply(
            "<ListBucketResult><Contents><Key>a%20+&lt;&#x1F600;&#10;<![CDATA[&amp;]]>/é</Key></Contents></ListBucketResult>"
        )
        #expect(read.objects.map(\.key) == [ObjectKey("a%20+<😀\n&amp;/é")])
        #expect(!read.isTruncated)
    }

    @Test(arguments: [
        "", "hello", "<html><body>no</body></html>", "<ListBucketResult>", "<ListBucketResult></Other>",
        "<ListBucketResult/><ListBucketResult/>",
        "<ListBucketResult><Contents><Key>a&b;</Key></Contents></ListBucketResult>",
        "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><ListBucketResult><Contents><Key>&b;</Key></Contents></ListBucketResult>",
        "<ListBucketResult><!ENTITY a \"b\"></ListBucketResult>",
        "<ListBucketResult><Contents><Key>&#0;</Key></Contents></ListBucketResult>",
        "<ListBucketResult><Contents><Key>&#xD800;</Key></Contents></ListBucketResult>",
        "<ListBucketResult><a b=\"</ListBucketResult>",
        "<ListBucketResult><!-- </ListBucketResult>", "<ListBucketResult><![CDATA[ </ListBucketResult>", "<", "<?",
        "<!", "</",
        "<ListBucketResult><Contents><Key>&amp</Key></Contents></ListBucketResult>",
    ])
    func whatIsNoListingIsRefused(text: String) {
        #expect(throws: XMLReader.Fault.self) { try reply(text) }
    }

    @Test func depthIsBounded() {
        let deep = String(repeating: "<a>", count: 100_000)
        #expect(throws: XMLReader.Fault(message: "nested too deep", offset: 18 + 15 * 3)) {
            try reply("<ListBucketResult>" + deep)
        }
    }

    /// Every prefix of a document and every document with a byte changed is read or refused, never more.
    @Test func damagedDocumentsDoNoHarm() throws {
        let whole = Array(
            "<?xml version='1.0'?><ListBucketResult a='1'><IsTruncated>false</IsTruncated><Contents><Key>a&amp;%41</Key><Size>1</Size></Contents><!-- c --><e/></ListBucketResult>"
                .utf8)
        for length in 0..<whole.count {
            #expect(throws: XMLReader.Fault.self) { try ListObjectsReply(Array(whole[..<length])) }
        }
        for index in whole.indices {
            for byte in Array("<>&;/!?\"'= \u{0}".utf8) + [0xFF] {
                var changed = whole
                changed[index] = byte
                if let read = try? ListObjectsReply(changed) { #expect(read.objects.count <= 1) }
            }
        }
    }

    @Test(
        arguments: [
            (403, "SignatureDoesNotMatch", .denied, "secret key is wrong"),
            (403, "InvalidAccessKeyId", .denied, "does not know the access key"),
            (404, "NoSuchBucket", .missing, "no bucket press"),
            (404, "NoSuchKey", .gone, "gone"), (403, "InvalidObjectState", .archived, "archived"),
            (503, "SlowDown", .throttled, "patience"), (500, "InternalError", .unavailable, "trouble"),
            (400, "AuthorizationHeaderMalformed", .denied, "another region than us-east-1"),
            (507, "XMinioStorageFull", .quota, "full"), (418, "", .refused, "418"), (502, "", .unavailable, "502"),
            (429, "", .throttled, "patience"), (401, "", .denied, "refuses access"),
        ] as [(Int, String, ObjectFailure.Code, String)])
    func refusalsHaveAKind(status: Int, code: String, kind: ObjectFailure.Code, words: String) {
        let body =
            code.isEmpty
            ? "" : "<Error><Code>\(code)</Code><Message>m</Message><StringToSign>SECRET</StringToSign></Error>"
        let failure = S3ErrorReply(status: status, headers: WebHeaders(), body: Array(body.utf8))
            .failure(bucket: "press", region: "us-east-1", now: 0)
        #expect(failure.code == kind)
        #expect(failure.message.contains(words))
        #expect(!failure.message.contains("SECRET"))
    }

    @Test func whatTheStoreAsksForIsPassedOn() throws {
        let busy = S3ErrorReply(status: 503, headers: try WebHeaders(["Retry-After": "7"]), body: [])
        #expect(busy.failure(bucket: "b", region: "r", now: 0).retryAfter == .seconds(7))
        let region = Array("<Error><Code>PermanentRedirect</Code><Region>eu-west-1</Region></Error>".utf8)
        #expect(
            S3ErrorReply(status: 301, headers: WebHeaders(), body: region)
                .failure(bucket: "b", region: "r", now: 0).remedy == "Use the region eu-west-1.")
        let skewed = S3ErrorReply(
            status: 403, headers: try WebHeaders(["Date": "Thu, 01 Jan 1970 00:30:00 GMT"]),
            body: Array("<Error><Code>RequestTimeTooSkewed</Code></Error>".utf8))
        #expect(skewed.failure(bucket: "b", region: "r", now: 0).message.contains("30 minutes off"))
    }

    @Test func bucketsAreAddressedAsTheirStoreWants() throws {
        let amazon = try S3Location(bucket: "press", region: "eu-west-1")
        #expect(amazon.root.description == "https://press.s3.eu-west-1.amazonaws.com/")
        #expect(amazon.path("a b".utf8) == "/a%20b" && amazon.bucketPath == "/")
        let dotted = try S3Location(bucket: "press.example", region: "eu-west-1")
        #expect(dotted.path("k".utf8) == "/press.example/k" && dotted.bucketPath == "/press.example")
        let own = try S3Location(bucket: "press", endpoint: "http://127.0.0.1:9000/store")
        #expect(own.path("/k//l".utf8) == "/store/press//k//l")
        #expect(try S3Location(bucket: "press", endpoint: "https://storage.googleapis.com").dialect == .google)
        for wrong in ["", "..", "a/b", "a b", "a?b"] {
            #expect(throws: WebError.self) { try S3Location(bucket: wrong) }
        }
    }
}
