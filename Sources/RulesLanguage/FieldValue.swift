/// A field's value that owns its memory, for tests, the command line and partial evaluation; not for the hot path.
package enum FieldValue: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package let key: [UInt8]
        package let value: [UInt8]

        package init(_ key: String, _ value: String) {
            self.key = Array(key.utf8)
            self.value = Array(value.utf8)
        }

        package init(key: [UInt8], value: [UInt8]) {
            self.key = key
            self.value = value
        }
    }

    case bool(Bool)
    case int(Int64)
    case ip(IPAddress)
    case bytes([UInt8])
    case list([[UInt8]])
    case map([Entry])

    package init(_ literal: Literal) {
        switch literal {
        case .bool(let value): self = .bool(value)
        case .bytes(let value): self = .bytes(value)
        case .int(let value): self = .int(value)
        case .ip(let value): self = .ip(value)
        }
    }

    package static func string(_ text: String) -> FieldValue { .bytes(Array(text.utf8)) }

    /// All bytes of the value.
    fileprivate var byteCount: Int {
        switch self {
        case .bool, .int, .ip: 0
        case .bytes(let bytes): bytes.count
        case .list(let list): list.reduce(0) { $0 + $1.count }
        case .map(let entries): entries.reduce(0) { $0 + $1.key.count + $1.value.count }
        }
    }
}

/// Owns the memory behind a `FieldTable` made from `FieldValue`s.
package struct FieldStore: ~Copyable {
    package private(set) var table = FieldTable()
    private let bytes: UnsafeMutableRawBufferPointer
    private var used = 0
    private var lists: [UnsafeMutableBufferPointer<UnsafeRawBufferPointer>] = []
    private var maps: [UnsafeMutableBufferPointer<FieldTable.Pair>] = []

    package init(_ values: [FieldID: FieldValue]) {
        let size = values.values.reduce(1) { $0 + $1.byteCount }
        bytes = .allocate(byteCount: size, alignment: 1)
        for (id, value) in values { set(id, value) }
    }

    deinit {
        bytes.deallocate()
        for list in lists { list.deallocate() }
        for map in maps { map.deallocate() }
    }

    private mutating func keep(_ value: [UInt8]) -> UnsafeRawBufferPointer {
        let target = UnsafeMutableRawBufferPointer(rebasing: bytes[used..<(used + value.count)])
        target.copyBytes(from: value)
        used += value.count
        return UnsafeRawBufferPointer(target)
    }

    private mutating func set(_ id: FieldID, _ value: FieldValue) {
        switch value {
        case .bool(let value): table.setBool(id, value)
        case .int(let value): table.setInt(id, value)
        case .ip(let value): table.setIP(id, value)
        case .bytes(let value): table.setBytes(id, keep(value))
        case .list(let values):
            let list = UnsafeMutableBufferPointer<UnsafeRawBufferPointer>.allocate(capacity: max(values.count, 1))
            for (index, value) in values.enumerated() { list.initializeElement(at: index, to: keep(value)) }
            lists.append(list)
            table.setList(id, UnsafeBufferPointer(start: list.baseAddress, count: values.count))
        case .map(let entries):
            let map = UnsafeMutableBufferPointer<FieldTable.Pair>.allocate(capacity: max(entries.count, 1))
            for (index, entry) in entries.enumerated() {
                map.initializeElement(at: index, to: .init(key: keep(entry.key), value: keep(entry.value)))
            }
            maps.append(map)
            table.setMap(id, UnsafeBufferPointer(start: map.baseAddress, count: entries.count))
        }
    }
}
