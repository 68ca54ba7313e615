/// SHA-256 (FIPS 180-4) and HMAC with it (RFC 2104), fed piece by piece, for functions of the language and for what is
/// signed for the edge itself. Without memory of its own and without a library, since it also runs inside Envoy.
package struct SecureHash {
    package static let size = 32
    private static let block = 64

    private var state = Self.initial
    private var words: [64 of UInt32] = .init(repeating: 0)
    /// Bytes of the block at hand, and bytes before it.
    private var pending: [64 of UInt8] = .init(repeating: 0)
    private var pendingCount = 0
    private var total: UInt64 = 0

    package init() {}

    // MARK: feeding

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        total = total &+ UInt64(truncatingIfNeeded: bytes.count)
        for byte in bytes { put(byte) }
    }

    /// Writes the 32 bytes of the hash; the value is of no further use.
    package mutating func finish(into target: UnsafeMutablePointer<UInt8>) {
        let bits = total &* 8
        put(0x80)
        while pendingCount != Self.block &- 8 { put(0) }
        for shift in stride(from: UInt64(56), through: 8, by: -8) { put(UInt8(truncatingIfNeeded: bits &>> shift)) }
        put(UInt8(truncatingIfNeeded: bits))
        for index in 0..<8 {
            for byte in 0..<4 {
                let shift = UInt32(truncatingIfNeeded: 24 &- 8 &* byte)
                target[index &* 4 &+ byte] = UInt8(truncatingIfNeeded: state[index] &>> shift)
            }
        }
    }

    private mutating func put(_ byte: UInt8) {
        pending[pendingCount] = byte
        pendingCount &+= 1
        guard pendingCount == Self.block else { return }
        pendingCount = 0
        compress()
    }

    private mutating func compress() {
        for index in 0..<16 {
            let at = index &* 4
            words[index] =
                UInt32(pending[at]) &<< 24 | UInt32(pending[at &+ 1]) &<< 16 | UInt32(pending[at &+ 2]) &<< 8
                | UInt32(pending[at &+ 3])
        }
        for index in 16..<64 {
            let (a, b) = (words[index &- 15], words[index &- 2])
            let small = Self.rotated(a, 7) ^ Self.rotated(a, 18) ^ (a &>> 3)
            let large = Self.rotated(b, 17) ^ Self.rotated(b, 19) ^ (b &>> 10)
            words[index] = words[index &- 16] &+ small &+ words[index &- 7] &+ large
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<64 {
            let sum1 = Self.rotated(e, 6) ^ Self.rotated(e, 11) ^ Self.rotated(e, 25)
            let choice = (e & f) ^ (~e & g)
            let first = h &+ sum1 &+ choice &+ Self.constants[index] &+ words[index]
            let sum0 = Self.rotated(a, 2) ^ Self.rotated(a, 13) ^ Self.rotated(a, 22)
            let majority = (a & b) ^ (a & c) ^ (b & c)
            (h, g, f, e) = (g, f, e, d &+ first)
            (d, c, b, a) = (c, b, a, first &+ sum0 &+ majority)
        }
        state[0] &+= a
        state[1] &+= b
        state[2] &+= c
        state[3] &+= d
        state[4] &+= e
        state[5] &+= f
        state[6] &+= g
        state[7] &+= h
    }

    private static func rotated(_ word: UInt32, _ bits: UInt32) -> UInt32 { word &>> bits | word &<< (32 &- bits) }

    // MARK: in one step

    package static func hash(_ message: [UInt8]) -> [UInt8] {
        var hash = SecureHash()
        message.withUnsafeBytes { hash.update($0) }
        return bytes { hash.finish(into: $0) }
    }

    package static func authenticationCode(for message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = MessageCode(key: key)
        message.withUnsafeBytes { code.update($0) }
        return bytes { code.finish(into: $0) }
    }

    private static func bytes(_ fill: (UnsafeMutablePointer<UInt8>) -> Void) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            guard let target = buffer.baseAddress else { return }
            fill(target)
            count = size
        }
    }

    /// Takes as long for equal texts as for different ones of one length.
    package static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        var difference: UInt8 = 0
        for index in a.indices { difference |= a[index] ^ b[index] }
        return difference == 0
    }

    private static let initial: [8 of UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4 §4.2.2).
    private static let constants: [64 of UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}

/// A message authentication code (RFC 2104) with SHA-256, fed piece by piece.
package struct MessageCode {
    private var inner = SecureHash()
    private var outer = SecureHash()

    package init(key: [UInt8]) {
        self = key.withUnsafeBytes { MessageCode(key: $0) }
    }

    package init(key: UnsafeRawBufferPointer) {
        var padded: [64 of UInt8] = .init(repeating: 0)
        withUnsafeMutableBytes(of: &padded) { padded in
            if key.count > padded.count, let start = padded.baseAddress {
                var hash = SecureHash()
                hash.update(key)
                hash.finish(into: start.assumingMemoryBound(to: UInt8.self))
            } else {
                padded.copyMemory(from: key)
            }
            for index in padded.indices { padded[index] ^= 0x36 }
            inner.update(UnsafeRawBufferPointer(padded))
            for index in padded.indices { padded[index] ^= 0x36 ^ 0x5c }
            outer.update(UnsafeRawBufferPointer(padded))
        }
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) { inner.update(bytes) }

    /// Writes the 32 bytes of the code; the value is of no further use.
    package mutating func finish(into target: UnsafeMutablePointer<UInt8>) {
        inner.finish(into: target)
        outer.update(UnsafeRawBufferPointer(start: target, count: SecureHash.size))
        outer.finish(into: target)
    }
}
