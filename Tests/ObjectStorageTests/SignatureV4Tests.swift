import Testing

@testable import ObjectStorage

/// The values are Amazon's own: the four examples of "Signature Calculations for the Authorization Header" in the S3
/// documentation and cases of the signature test suite of the general reference.
@Suite struct SignatureV4Tests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let name: String
        var method = "GET"
        var path = "/"
        var query = ""
        var headers: [(name: String, value: String)] = []
        var payload = SignatureV4.emptyPayload
        let signature: String
        var testDescription: String { name }
    }

    private static let emptyHash = ("x-amz-content-sha256", SignatureV4.emptyPayload)
    private static let bucket = ("host", "examplebucket.s3.amazonaws.com")
    private static let midnight = ("x-amz-date", "20130524T000000Z")
    private static let welcome = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"

    static let storage = [
        Vector(
            name: "GET with a range", path: "/test.txt",
            headers: [bucket, ("range", "bytes=0-9"), emptyHash, midnight],
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        Vector(
            name: "PUT", method: "PUT", path: "/test%24file.text",
            headers: [
                ("date", "Fri, 24 May 2013 00:00:00 GMT"), bucket, ("x-amz-content-sha256", welcome), midnight,
                ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ], payload: welcome, signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        Vector(
            name: "a query without a value", query: "lifecycle=", headers: [bucket, emptyHash, midnight],
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        Vector(
            name: "a listing", query: "max-keys=2&prefix=J", headers: [bucket, emptyHash, midnight],
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ]

    @Test(arguments: storage) func theExamplesOfS3(vector: Vector) {
        let signer = SignatureV4(
            S3Credentials(keyID: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            region: "us-east-1")
        let time = CivilTime(milliseconds: 1_369_353_600_000)
        #expect(
            signer.authorization(vector.subject, at: time)
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                + "SignedHeaders=\(vector.headers.map(\.name).joined(separator: ";")), Signature=\(vector.signature)")
    }

    private static let host = ("host", "example.amazonaws.com")
    private static let noon = ("x-amz-date", "20150830T123600Z")

    static let suite = [
        Vector(
            name: "get-vanilla", headers: [host, noon],
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Vector(
            name: "get-vanilla-query-order-key-case", query: "Param1=value1&Param2=value2", headers: [host, noon],
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        Vector(
            name: "get-utf8", path: "/%E1%88%B4", headers: [host, noon],
            signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
        Vector(
            name: "get-unreserved", path: "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            headers: [host, noon],
            signature: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"),
        Vector(
            name: "get-header-value-trim",
            headers: [host, ("my-header1", "  value1 "), ("my-header2", " \"a   b   c\" "), noon],
            signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
        Vector(
            name: "get-header-key-duplicate", headers: [host, ("my-header1", "value2,value2,value1"), noon],
            signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
        Vector(
            name: "post-vanilla", method: "POST", headers: [host, noon],
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    ]

    @Test(arguments: suite) func theTestSuite(vector: Vector) {
        let signer = SignatureV4(
            S3Credentials(keyID: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            region: "us-east-1", service: "service")
        let answer = signer.authorization(vector.subject, at: CivilTime(milliseconds: 1_440_938_160_000))
        #expect(answer.hasSuffix("Signature=\(vector.signature)"), "\(answer)")
    }

    @Test func aNewDayHasANewKey() {
        let signer = SignatureV4(S3Credentials(keyID: "A", secret: "B"), region: "r")
        let subject = Self.storage[0].subject
        let first = signer.authorization(subject, at: CivilTime(milliseconds: 0))
        let next = signer.authorization(subject, at: CivilTime(milliseconds: 86_400_000))
        let fresh = SignatureV4(S3Credentials(keyID: "A", secret: "B"), region: "r")
        #expect(next == fresh.authorization(subject, at: CivilTime(milliseconds: 86_400_000)))
        #expect(first == fresh.authorization(subject, at: CivilTime(milliseconds: 0)))
    }

    @Test(
        arguments: [
            (0, "19700101T000000Z"), (1_369_353_600_000, "20130524T000000Z"), (951_782_399_999, "20000228T235959Z"),
            (951_782_400_000, "20000229T000000Z"), (4_102_444_799_000, "20991231T235959Z"), (-1000, "19691231T235959Z"),
        ] as [(Int64, String)])
    func momentsAreWritten(milliseconds: Int64, text: String) {
        #expect(CivilTime(milliseconds: milliseconds).basic == text)
    }

    @Test func momentsAreRead() {
        #expect(CivilTime.milliseconds(extended: Array("2000-02-29T00:00:00.125Z".utf8)) == 951_782_400_125)
        #expect(CivilTime.milliseconds(extended: Array("2000-02-29T00:00:00.5Z".utf8)) == 951_782_400_500)
        #expect(CivilTime.milliseconds(extended: Array("2000-02-29T00:00:00Z".utf8)) == 951_782_400_000)
        #expect(CivilTime.milliseconds(http: "Tue, 29 Feb 2000 00:00:00 GMT") == 951_782_400_000)
        for wrong in [
            "", "2000-02-29T00:00:00", "2000-13-29T00:00:00Z", "2000-02-29T00:00:00.1x1Z", "x000-02-29T00:00:00Z",
        ] {
            #expect(CivilTime.milliseconds(extended: Array(wrong.utf8)) == nil, "\(wrong)")
        }
    }

    @Test func pathsAreEncodedAsTheSignatureWantsThem() {
        let key = "a b+c%41/é😀//!*'();:@&=$,?#[]~-._"
        #expect(
            PercentEncoding.encode(key.utf8, keepingSlashes: true)
                == "a%20b%2Bc%2541/%C3%A9%F0%9F%98%80//%21%2A%27%28%29%3B%3A%40%26%3D%24%2C%3F%23%5B%5D~-._")
        #expect(PercentEncoding.encode("a/b".utf8, keepingSlashes: false) == "a%2Fb")
        let every = (0...255).map { UInt8($0) }
        #expect(PercentEncoding.decode(Array(PercentEncoding.encode(every, keepingSlashes: true).utf8)) == every)
        #expect(PercentEncoding.decode(Array("a+b%2Bc%2".utf8)) == Array("a b+c%2".utf8))
    }

    @Test func credentialsAreReadAndNeverShown() throws {
        let pair = try #require(S3Credentials("AKID:se/cr+et="))
        #expect(pair.keyID == "AKID" && pair.secret == "se/cr+et=" && pair.sessionToken == nil)
        let file = try #require(
            S3Credentials(
                "[press]\n# a note\naws_access_key_id = AKID\nAWS_SECRET_ACCESS_KEY=\"top\"\naws_session_token=tok\n"))
        #expect(file == S3Credentials(keyID: "AKID", secret: "top", sessionToken: "tok"))
        #expect(S3Credentials("AKID:s:tok")?.sessionToken == "tok")
        for wrong in ["", "AKID", "AKID:", ":s", "AKID:a b", "aws_access_key_id=x", "key = v\nother = w"] {
            #expect(S3Credentials(wrong) == nil, "\(wrong)")
        }
        var text = "\(pair) \(String(reflecting: pair)) \([pair])"
        dump(pair, to: &text)
        dump(SignatureV4(pair, region: "r"), to: &text)
        #expect(!text.contains("se/cr"))
    }
}

extension SignatureV4Tests.Vector {
    var subject: SignatureV4.Subject {
        SignatureV4.Subject(method: method, path: path, query: query, headers: headers, payload: payload)
    }
}
