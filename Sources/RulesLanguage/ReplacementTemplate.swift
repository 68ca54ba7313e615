/// A replacement text with `${n}` for groups and `$$` for a dollar sign; any other dollar sign stands for itself.
enum ReplacementTemplate {
    enum Piece: Hashable {
        case text([UInt8])
        case group(Int)
    }

    static func parse(_ bytes: [UInt8]) -> [Piece] {
        var pieces: [Piece] = []
        var text: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "$"), index + 1 < bytes.count {
                if bytes[index + 1] == UInt8(ascii: "$") {
                    text.append(bytes[index])
                    index += 2
                    continue
                }
                if bytes[index + 1] == UInt8(ascii: "{"), let end = bytes[index...].firstIndex(of: UInt8(ascii: "}")),
                    let number = ASCII.decimal(bytes[(index + 2)..<end])
                {
                    if !text.isEmpty { pieces.append(.text(text)) }
                    text = []
                    pieces.append(.group(number))
                    index = end + 1
                    continue
                }
            }
            text.append(bytes[index])
            index += 1
        }
        if !text.isEmpty { pieces.append(.text(text)) }
        return pieces
    }
}
