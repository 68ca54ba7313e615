import ImageSourcing
import ObjectStorage
import TestKit
import Testing

/// Names that are easily spoiled on the way, against a server that checks every signature and changes no name.
@Suite(.timeLimit(.minutes(3)), .enabled(if: ObjectStoreTools.isInstalled)) struct OddKeyTests {
    static let keys: [ObjectKey] =
        [
            "plain.png", "sp ace/a  b.png", "plus/a+b.png", "pct/100%.png", "pct/%41%2F%zz.png", "amp/a&b=c.png",
            "ques?tion#hash.png", "quo\"te'.png", "(par)!*~.png", "comma,;:@$=.png", "brace{[|^`<>]}.png",
            "uni/é.png", "uni/e\u{301}.png", "uni/日本語😀.png", "dbl//slash///x.png", "/leading.png", "trailing/",
            "back\\slash.png", "dots/a..b/...png", "tilde~/-_.png", "tab\there.png", "a", "a/b", "..", "x/../y.png",
            "x/./y.png", "long/" + String(repeating: "ß", count: 447) + ".png",
        ].map { ObjectKey($0) }

    @Test func everyNameKeepsItsBytes() async throws {
        let client = try await StoreRig.motoBucket("odd-keys")
        for key in Self.keys { try await StoreRig.put("content of \(key)", as: key, in: client) }
        for page in [1000, 7] {
            let listed = try await StoreRig.keys(of: client, page: page)
            #expect(Set(listed) == Set(Self.keys))
            #expect(listed.count == Self.keys.count)
            #expect(listed == listed.sorted())
        }
        for key in Self.keys {
            #expect(try await StoreRig.text(of: key, in: client) == "content of \(key)")
            #expect(try await S3Target(client).lookUp(key)?.size == Int64("content of \(key)".utf8.count))
        }
    }

    @Test func prefixesAndDelimitersAreSignedToo() async throws {
        let client = try await StoreRig.motoBucket("odd-prefixes")
        for key in ["a+b/1", "a+b/2/x", "a b/1", "é/1", "%41/1"] {
            try await StoreRig.put("x", as: ObjectKey(key), in: client)
        }
        for prefix in ["a+b/", "a b/", "é/", "%41/"] {
            let page = try await S3Source(client).list(ListingRequest(prefix: ObjectKey(prefix)))
            #expect(page.objects.map(\.key).first == ObjectKey(prefix + "1"))
        }
        let folded = try await S3Source(client).list(ListingRequest(delimiter: UInt8(ascii: "/")))
        #expect(folded.objects.isEmpty)
        #expect(folded.prefixes == ["%41/", "a b/", "a+b/", "é/"].map { ObjectKey($0) })
    }

    @Test func wrongSignaturesAreNamed() async throws {
        let moto = try await StoreRig.moto.value
        let location = try S3Location(bucket: "odd-keys", endpoint: moto.url)
        for (credentials, words) in [
            (S3Credentials(keyID: moto.keyID, secret: "not it"), "secret key is wrong"),
            (S3Credentials(keyID: "AKNOBODY", secret: "x"), "does not know the access key"),
        ] {
            let client = S3Client(location, credentials, transport: StoreRig.transport, now: StoreRig.now)
            let failure = await refusal { () throws(ObjectFailure) in try await S3Source(client).list(ListingRequest())
            }
            #expect(failure?.code == .denied)
            #expect(failure?.message.contains(words) == true, "\(failure as Any)")
        }
    }
}
