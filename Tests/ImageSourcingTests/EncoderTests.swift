import FoundationEssentials
import ImageSourcing
import TestKit
import Testing

/// What real encoders wrote (Pillow with libjpeg-turbo, libpng, libwebp, libavif and libheif): a picture of 37 × 23
/// pixels in every format, still and moving.
@Suite("Images of real encoders") struct EncoderTests {
    private static let folder = Checkout.root + "/Tests/ImageSourcingTests/Fixtures"

    private static func files() throws -> [(name: String, bytes: [UInt8])] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map {
            ($0, Array(try Data(contentsOf: URL(filePath: folder + "/" + $0))))
        }
    }

    @Test func areWholeAndCutNowhereUnseen() throws {
        let files = try Self.files()
        #expect(files.count == 20)
        for (name, bytes) in files {
            guard case .whole(let facts) = verdict(bytes, chunk: 100) else {
                Issue.record("\(name): \(verdict(bytes))")
                continue
            }
            #expect(facts.format.fileExtensions.contains(String(name.split(separator: ".")[1])))
            #expect([facts.width, facts.height].compactMap(\.self).sorted() == [23, 37], "\(name)")
            #expect((facts.frames > 1) == name.hasPrefix("anim"), "\(name)")
            for length in 12..<bytes.count {
                guard case .refused(let flaw) = verdict(Array(bytes.prefix(length))) else {
                    Issue.record("\(name) cut at \(length) of \(bytes.count) is taken for whole")
                    break
                }
                #expect(flaw == Flaw(.truncated, at: Int64(length)), "\(name) cut at \(length)")
            }
        }
    }
}
