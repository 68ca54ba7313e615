/// Memory for filters, kept from request to request. A filter and what it has to keep of its request fit into one block.
struct SpareBlocks: ~Copyable {
    static let size = 1_024
    /// A worker rarely has more requests at once; the others' memory is given back.
    private static let most = 256

    private var first: UnsafeMutableRawPointer?
    private var count = 0

    init() {}

    mutating func take() -> UnsafeMutableRawPointer {
        guard let block = first else { return .allocate(byteCount: Self.size, alignment: 16) }
        first = block.load(as: UnsafeMutableRawPointer?.self)
        count &-= 1
        return block
    }

    mutating func give(_ block: UnsafeMutableRawPointer) {
        guard count < Self.most else {
            block.deallocate()
            return
        }
        block.storeBytes(of: first, as: UnsafeMutableRawPointer?.self)
        first = block
        count &+= 1
    }
}
