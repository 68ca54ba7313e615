/// Which item of a HEIF file is the image, how big it is, and where the bytes of all items end
/// (ISO/IEC 14496-12 §8.11.3 and §8.11.4, ISO/IEC 23008-12 §6.5.3, §6.5.10 and §9.3.2).
struct PrimaryItem: Sendable {
    /// Properties beyond these are not looked at.
    private static let limit = 4096

    /// How many properties there are; they are numbered from 1 in their order.
    var properties = 0
    private var primary: UInt64?
    private var sizes: [Int: (Int, Int)] = [:]
    /// What is to be shown of an image that was coded larger (§12.1.4 of 14496-12, `clap`).
    private var clipped: [Int: (Int, Int)] = [:]
    private var turned: Set<Int> = []
    private var associated: [Int] = []
    private var isAssociated = false
    /// Where the last byte of any item lies, plus one; nil when that cannot be told.
    private(set) var end: Int64?

    /// Width and height as they are shown; nil when the file does not tell.
    var size: (Int, Int)? {
        guard
            let size = associated.lazy.compactMap({ clipped[$0] }).first
                ?? associated.lazy.compactMap({ sizes[$0] }).first
        else { return nil }
        return associated.contains(where: turned.contains) ? (size.1, size.0) : size
    }

    mutating func readPrimary(_ b: [UInt8]) { primary = b.bigEndian(4, b.byte(0) == 0 ? 2 : 4) }

    mutating func readExtent(_ b: [UInt8]) {
        let (width, height) = (b.bigEndian(4, 4), b.bigEndian(8, 4))
        guard width > 0, height > 0, sizes.count < Self.limit else { return }
        sizes[properties] = (Int(width), Int(height))
    }

    mutating func readAperture(_ b: [UInt8]) {
        let (width, height) = (b.quotient(0), b.quotient(8))
        guard width > 0, height > 0, clipped.count < Self.limit else { return }
        clipped[properties] = (width, height)
    }

    mutating func readRotation(_ b: [UInt8]) {
        if b.byte(0) & 1 == 1, turned.count < Self.limit { turned.insert(properties) }
    }

    mutating func readAssociations(_ b: [UInt8]) {
        let idWidth = b.byte(0) < 1 ? 2 : 4
        let indexWidth = b.byte(3) & 1 == 1 ? 2 : 1
        var at = 8
        var left = b.bigEndian(4, 4)
        while left > 0, at < b.count {
            let id = b.bigEndian(at, idWidth)
            let count = b.byte(at + idWidth)
            at += idWidth + 1
            if id == primary, !isAssociated {
                isAssociated = true
                // The highest bit says that the property is essential.
                let mask: UInt64 = indexWidth == 2 ? 0x7FFF : 0x7F
                associated = (0..<count).map { Int(b.bigEndian(at + $0 * indexWidth, indexWidth) & mask) }
            }
            at += count * indexWidth
            left -= 1
        }
    }

    mutating func readLocations(_ b: [UInt8]) {
        let version = b.byte(0)
        let (offsetWidth, lengthWidth) = (b.byte(4) >> 4, b.byte(4) & 15)
        let (baseWidth, indexWidth) = (b.byte(5) >> 4, version > 0 ? b.byte(5) & 15 : 0)
        let idWidth = version < 2 ? 2 : 4
        guard version <= 2, [offsetWidth, lengthWidth, baseWidth, indexWidth].allSatisfy({ [0, 4, 8].contains($0) })
        else { return }
        var at = 6 + idWidth
        var left = b.bigEndian(6, idWidth)
        var last: UInt64 = 0
        while left > 0 {
            guard at < b.count else { return }
            at += idWidth
            let isInFile = version == 0 || b.bigEndian(at, 2) & 15 == 0
            at += (version == 0 ? 0 : 2) + 2
            let base = b.bigEndian(at, baseWidth)
            at += baseWidth
            let extents = Int(b.bigEndian(at, 2))
            at += 2
            guard extents * (indexWidth + offsetWidth + lengthWidth) <= b.count - at else { return }
            for _ in 0..<extents {
                let offset = b.bigEndian(at + indexWidth, offsetWidth)
                let length = b.bigEndian(at + indexWidth + offsetWidth, lengthWidth)
                at += indexWidth + offsetWidth + lengthWidth
                // Of length 0: all there is, wherever it ends.
                guard isInFile else { continue }
                guard length > 0, base < 1 << 60, offset < 1 << 60, length < 1 << 60 else { return }
                last = max(last, base + offset + length)
            }
            left -= 1
        }
        end = Int64(last)
    }
}

extension [UInt8] {
    /// A fraction of two 32-bit numbers, rounded down; 0 when it is none.
    fileprivate func quotient(_ index: Int) -> Int {
        let divisor = bigEndian(index + 4, 4)
        return divisor == 0 ? 0 : Int(bigEndian(index, 4) / divisor)
    }
}

/// The pictures of an image sequence (ISO/IEC 14496-12 §8.3.2, §8.4.3, §8.7.3).
struct ImageTrack: Sendable {
    private(set) var exists = false
    private(set) var frames = 0
    private(set) var size: (Int, Int)?
    private var isPicture = false
    private var samples = 0
    private var head: (Int, Int)?

    mutating func begin() {
        exists = true
        (isPicture, samples, head) = (false, 0, nil)
    }

    mutating func readHead(_ b: [UInt8]) {
        // Width and height are the last two fields, in 1/65536 of a pixel.
        guard b.count >= 84 else { return }
        head = (Int(b.bigEndian(b.count - 8, 4) >> 16), Int(b.bigEndian(b.count - 4, 4) >> 16))
    }

    mutating func readHandler(_ b: [UInt8]) {
        isPicture = b.count >= 12 && b[8..<12].elementsEqual("pict".utf8)
    }

    mutating func readSampleCount(_ b: [UInt8]) { samples = Int(b.bigEndian(8, 4)) }

    mutating func close() {
        guard isPicture else { return }
        frames = max(frames, samples)
        if size == nil, let head, head.0 > 0, head.1 > 0 { size = head }
    }
}
