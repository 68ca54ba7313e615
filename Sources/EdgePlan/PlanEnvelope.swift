/// What travels to the edge: magic, format number, digest of the payload (as the control plane computed it; the edge
/// only compares), length, payload.
package struct PlanEnvelope {
    /// The digest's 32 bytes.
    package let digest: UnsafeRawBufferPointer
    /// To be checked by `ZonePlanVerifier`.
    package let payload: UnsafeRawBufferPointer

    package static func wrap(_ payload: [UInt8], digest: Digest) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(contentsOf: PlanFormat.magic)
        writer.append(PlanFormat.number)
        writer.append(contentsOf: digest.bytes)
        writer.append(UInt32(clamping: payload.count))
        writer.append(UInt32(0))
        writer.append(contentsOf: payload)
        return writer.bytes
    }

    /// Takes an envelope apart in place; the parts are valid as long as `bytes` are.
    package init(_ bytes: UnsafeRawBufferPointer) throws(PlanRefusal) {
        let size = PlanFormat.envelopeSize
        guard bytes.count >= size else {
            throw PlanRefusal("envelope", "\(bytes.count) bytes are too few, it has at least \(size)")
        }
        guard bytes.prefix(4).elementsEqual(PlanFormat.magic) else {
            throw PlanRefusal("envelope", "it does not begin with SBXP")
        }
        let number = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        guard number == PlanFormat.number else {
            throw PlanRefusal("envelope", "plan format \(number), but this module reads \(PlanFormat.number)")
        }
        let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 40, as: UInt32.self)))
        let rest = bytes.loadUnaligned(fromByteOffset: 44, as: UInt32.self)
        guard length == bytes.count - size, rest == 0 else {
            throw PlanRefusal("envelope", "it announces \(length) bytes and \(bytes.count - size) follow")
        }
        digest = UnsafeRawBufferPointer(rebasing: bytes[8..<40])
        payload = UnsafeRawBufferPointer(rebasing: bytes[size...])
    }
}

extension Digest {
    /// The hash itself: 32 bytes.
    package var bytes: [UInt8] {
        let digits = rawValue.utf8.map { $0 < 58 ? $0 &- 48 : $0 &- 87 }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
