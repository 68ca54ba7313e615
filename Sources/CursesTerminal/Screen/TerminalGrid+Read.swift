extension TerminalGrid {
    /// What was in bytes beside cells.
    struct Account {
        /// Where the bytes go on behind the last erasing of the whole screen; the cursor was in the corner then.
        var cleared: Int?
        var penThen = PenBook.plain
        /// Rows were moved: what then differs is much, and was said with little.
        var scrolled = false
        /// What is neither seen nor moves anything, such as the cursor's visibility.
        var modes: [UInt8] = []
    }

    /// Follows what is sent; nil where it cannot be known what a terminal makes of it.
    mutating func read(_ bytes: [UInt8]) -> Account? {
        var account = Account()
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            switch byte {
            case 0x1B: guard escape(bytes, &place, &account) else { return nil }
            case 0x0D: column = 0
            case 0x0A:
                account.scrolled = account.scrolled || row == region.upperBound - 1
                lineFeed()
            case 0x08: column = max(0, min(column, columns - 1) - 1)
            case 0x0F: break
            case 0x20...0x7E: guard put(Unicode.Scalar(byte)) else { return nil }
            case 0xC2...0xF4:
                let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
                let end = min(place - 1 + length, bytes.count)
                guard let text = String(validating: bytes[(place - 1)..<end], as: UTF8.self),
                    let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1, put(scalar)
                else { return nil }
                place = end
            default: return nil
            }
        }
        return account
    }

    private mutating func escape(_ bytes: [UInt8], _ place: inout Int, _ account: inout Account) -> Bool {
        guard place < bytes.count else { return false }
        let start = place - 1
        let kind = bytes[place]
        place += 1
        switch kind {
        case UInt8(ascii: "["): return control(bytes, &place, &account)
        case UInt8(ascii: "("):
            // The usual characters; others are not followed.
            guard place < bytes.count, bytes[place] == UInt8(ascii: "B") else { return false }
            place += 1
        case UInt8(ascii: "7"): saved = (row, column, pen)
        case UInt8(ascii: "8"):
            (row, column, pen) = saved
            account.scrolled = true
        case UInt8(ascii: "M"):
            account.scrolled = account.scrolled || row == region.lowerBound
            if row == region.lowerBound { scroll(from: row, by: -1) } else { row = max(0, row - 1) }
        case UInt8(ascii: "="), UInt8(ascii: ">"): account.modes += bytes[start..<place]
        default: return false
        }
        return true
    }

    private mutating func lineFeed() {
        if row == region.upperBound - 1 { scroll(from: region.lowerBound, by: 1) } else { row = min(row + 1, rows - 1) }
    }

    private mutating func control(_ bytes: [UInt8], _ place: inout Int, _ account: inout Account) -> Bool {
        let start = place - 2
        let parameters = bytes[place...].prefix { (0x30...0x3F).contains($0) }
        place += parameters.count
        guard place < bytes.count else { return false }
        let last = bytes[place]
        place += 1
        if let first = parameters.first, first > 0x3B {
            // Private modes.
            account.modes += bytes[start..<place]
            return [UInt8(ascii: "h"), UInt8(ascii: "l"), UInt8(ascii: "m")].contains(last)
        }
        if last == UInt8(ascii: "m") { return take(parameters) }
        var numbers: [Int] = []
        for word in parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false) {
            guard word.count < 5, let number = word.isEmpty ? 0 : Int(String(decoding: word, as: UTF8.self)) else {
                return false
            }
            numbers.append(number)
        }
        let count = max(1, numbers.first ?? 0)
        switch last {
        case UInt8(ascii: "H"): (row, column) = (clamped(count, rows), clamped(numbers.dropFirst().first ?? 1, columns))
        case UInt8(ascii: "G"): column = clamped(count, columns)
        case UInt8(ascii: "d"): row = clamped(count, rows)
        case UInt8(ascii: "A"): row = max(0, row - count)
        case UInt8(ascii: "B"): row = min(rows - 1, row + count)
        case UInt8(ascii: "C"): column = min(columns - 1, column + count)
        case UInt8(ascii: "D"): column = max(0, min(column, columns - 1) - count)
        case UInt8(ascii: "X"): erase(here..<min(here + count, end))
        case UInt8(ascii: "K"):
            switch numbers.first ?? 0 {
            case 0: erase(here..<end)
            case 1: erase(row * columns..<here + 1)
            default: erase(row * columns..<end)
            }
        case UInt8(ascii: "J"): return eraseScreen(numbers.first ?? 0, place, &account)
        case UInt8(ascii: "@"): shift(by: count)
        case UInt8(ascii: "P"): shift(by: -count)
        case UInt8(ascii: "L"), UInt8(ascii: "M"):
            account.scrolled = true
            scroll(from: row, by: last == UInt8(ascii: "L") ? -count : count)
        case UInt8(ascii: "S"), UInt8(ascii: "T"):
            account.scrolled = true
            scroll(from: region.lowerBound, by: last == UInt8(ascii: "T") ? -count : count)
        case UInt8(ascii: "r"):
            account.scrolled = true
            let bottom = min(numbers.dropFirst().first.map { $0 == 0 ? rows : $0 } ?? rows, rows)
            guard count < bottom else { return false }
            region = count - 1..<bottom
            (row, column) = (0, 0)
        case UInt8(ascii: "t"): account.modes += bytes[start..<place]
        case UInt8(ascii: "l"):
            // Glyphs take the place of others, as they do anyway.
            guard numbers == [4] else { return false }
            account.modes += bytes[start..<place]
        default: return false
        }
        return true
    }

    private mutating func take(_ parameters: ArraySlice<UInt8>) -> Bool {
        var pen = book[pen]
        guard pen.take(parameters).isEmpty, let number = book.number(pen) else { return false }
        self.pen = number
        return true
    }

    private mutating func eraseScreen(_ which: Int, _ place: Int, _ account: inout Account) -> Bool {
        guard which == 0 || which == 2 || which == 3 else { return false }
        if which == 3 { return true }
        erase((which == 2 ? 0 : here)..<cells.count)
        guard (row, column) == (0, 0) else { return true }
        // What came before it is sent as it is.
        account = Account(cleared: place, penThen: pen)
        return true
    }

    private var here: Int { row * columns + min(column, columns - 1) }
    private var end: Int { (row + 1) * columns }

    private func clamped(_ number: Int, _ limit: Int) -> Int { min(max(number, 1), limit) - 1 }
}
