/// The folded text of all rows in one buffer, their fields kept apart, so that a filter touches memory in order.
struct FoldedRows: Sendable {
    /// Between fields: a control character, which folded text does not hold.
    static let separator: UInt8 = 0x1F
    /// The longest needle: what is read beyond the last row is this much and ``ByteSearch/padding``.
    static let longestNeedle = 256

    private var bytes: [UInt8] = []
    /// Where each row begins, and the end of the last one.
    private var starts: [Int] = [0]

    init(count: Int, write: (Int, inout TableText) -> Void) {
        var writer = TableText()
        starts.reserveCapacity(count + 1)
        for row in 0..<count {
            writer.isFirst = true
            write(row, &writer)
            starts.append(writer.bytes.count)
        }
        bytes = writer.bytes
        bytes.append(contentsOf: repeatElement(0, count: Self.longestNeedle + ByteSearch.padding))
    }

    /// How many bytes the text takes, for a benchmark.
    var size: Int { bytes.count + starts.count * MemoryLayout<Int>.stride }

    /// The rows of `candidates` that the test holds for, in their order. The test gets the row's folded bytes.
    func filter(_ candidates: [Int32], _ test: (Int32, UnsafeRawBufferPointer) -> Bool) -> [Int32] {
        bytes.withUnsafeBytes { buffer in
            var result: [Int32] = []
            for row in candidates {
                let start = starts[Int(row)]
                let end = starts[Int(row) + 1]
                if test(row, UnsafeRawBufferPointer(rebasing: buffer[start..<end])) { result.append(row) }
            }
            return result
        }
    }

    /// One field of a row's bytes; empty when there is none.
    static func field(_ index: Int, of row: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var start = 0
        var left = index
        for (place, byte) in row.enumerated() where byte == separator {
            if left == 0 { return UnsafeRawBufferPointer(rebasing: row[start..<place]) }
            left -= 1
            start = place + 1
        }
        return left == 0
            ? UnsafeRawBufferPointer(rebasing: row[start...]) : UnsafeRawBufferPointer(start: nil, count: 0)
    }
}

/// Takes the fields of a row, in the order of the table's columns.
package struct TableText {
    fileprivate var bytes: [UInt8] = []
    fileprivate var isFirst = true

    package mutating func field(_ text: some StringProtocol) {
        if !isFirst { bytes.append(FoldedRows.separator) }
        isFirst = false
        Folding.append(text, to: &bytes)
    }
}
