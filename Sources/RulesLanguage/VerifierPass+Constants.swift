/// The inside of constants: nothing in them points out of them.
extension VerifierPass {
    func constant(_ offset: Int, _ length: Int, at place: Int) throws(ProgramError) {
        guard offset >= constantsStart, offset <= bytes.count, length <= bytes.count - offset else {
            throw fault(place, "a constant lies outside")
        }
    }

    func wildcard(_ offset: Int, _ length: Int, at place: Int) throws(ProgramError) {
        try constant(offset, length, at: place)
        guard length >= 8, bytes[offset] <= 1 else { throw fault(offset, "bad wildcard") }
        let count = Int(base.loadLittle(offset + 2, UInt16.self))
        guard count >= 1, 4 + 4 * count <= length else { throw fault(offset, "bad wildcard") }
        for index in 0..<count {
            let start = Int(base.loadLittle(offset + 4 + 4 * index, UInt16.self))
            let size = Int(base.loadLittle(offset + 6 + 4 * index, UInt16.self))
            guard start + size <= length else { throw fault(offset, "bad wildcard") }
        }
    }

    func strings(_ offset: Int, at place: Int) throws(ProgramError) {
        try constant(offset, 8, at: place)
        let size = Int(base.loadLittle(offset, UInt32.self))
        let count = Int(base.loadLittle(offset + 4, UInt32.self))
        try constant(offset, size, at: place)
        guard size >= 8, count <= (size - 8) / 8 else { throw fault(offset, "bad set") }
        for index in 0..<count {
            let start = Int(base.loadLittle(offset + 8 + 8 * index, UInt32.self))
            let length = Int(base.loadLittle(offset + 12 + 8 * index, UInt32.self))
            guard start <= size, length <= size - start else { throw fault(offset, "bad set") }
        }
    }

    func ints(_ offset: Int, at place: Int) throws(ProgramError) {
        try constant(offset, 4, at: place)
        let count = Int(base.loadLittle(offset, UInt32.self))
        guard count <= bytes.count / 16 else { throw fault(offset, "bad set") }
        try constant(offset, 4 + 16 * count, at: place)
    }

    func addresses(_ offset: Int, at place: Int) throws(ProgramError) {
        try constant(offset, 8, at: place)
        let small = Int(base.loadLittle(offset, UInt32.self))
        let large = Int(base.loadLittle(offset + 4, UInt32.self))
        guard small <= bytes.count / 8, large <= bytes.count / 32 else { throw fault(offset, "bad set") }
        try constant(offset, 8 + 8 * small + 32 * large, at: place)
    }
}
