import ImageSourcing
import Testing

@Suite("Filter of keys") struct KeyFilterTests {
    @Test(arguments: [
        ("a/b/photo.jpg", "*.jpg", true), ("a/b/photo.jpg", "*.png", false), ("a/b/photo.jpg", "a/*.jpg", false),
        ("a/b/photo.jpg", "a/**.jpg", true), ("a/b/photo.jpg", "a/*/photo.jpg", true), ("photo.jpg", "ph?to.jpg", true),
        ("phöto.jpg", "ph?to.jpg", true), ("phöto.jpg", "phöt?.jpg", true), ("ph/to.jpg", "ph?to.jpg", false),
        ("a/b", "**", true), ("", "*", true), ("abc", "", false), ("a*b", "a*b", true), ("aXXb", "a***b", true),
    ])
    func patterns(key: String, pattern: String, fits: Bool) {
        #expect(KeyPattern.fits(Array(key.utf8), pattern) == fits)
    }

    /// Many stars on many letters take no more time than their product.
    @Test func hostilePatternsEnd() {
        let pattern = String(repeating: "*a", count: 200)
        #expect(!KeyPattern.fits([UInt8](repeating: UInt8(ascii: "a"), count: 900) + [0x62], pattern))
    }

    @Test func timeAndPrefixCount() {
        let filter = KeyFilter(prefix: "a/", include: ["*.png"], exclude: ["*-old.png"], since: 1000)
        #expect(filter.takes(SourceObject(ObjectKey("a/x.png"), modified: 1000)))
        #expect(!filter.takes(SourceObject(ObjectKey("a/x.png"), modified: 999)))
        #expect(filter.takes(SourceObject(ObjectKey("a/x.png"))))
        #expect(
            !filter.takes(SourceObject(ObjectKey("b/x.png"))) && !filter.takes(SourceObject(ObjectKey("a/x-old.png"))))
    }
}
