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
            result.reserveCapacity(candidates.count)
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
        guard let base = row.baseAddress else { return row }
        /// The first separator from a place on, or the end. Bytes are read by hand: a buffer's iterator takes three
        /// times as long, and this runs for every row at every key.
        func end(from start: Int) -> Int {
            var place = start
            while place < row.count, base.load(fromByteOffset: place, as: UInt8.self) != separator { place += 1 }
            return place
        }
        var start = 0
        for _ in 0..<index {
            start = end(from: start) + 1
            if start > row.count { return UnsafeRawBufferPointer(start: nil, count: 0) }
        }
        return UnsafeRawBufferPointer(start: base + start, count: end(from: start) - start)
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
