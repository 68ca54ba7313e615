/// A moment as the protocols of object stores write it: UTC, to the second, by the proleptic Gregorian calendar.
package struct CivilTime: Hashable, Sendable {
    package let year: Int, month: Int, day: Int
    package let hour: Int, minute: Int, second: Int

    /// Milliseconds since 1970.
    package init(milliseconds: Int64) {
        let seconds = Int(milliseconds.quotientAndRemainder(dividingBy: 1000).quotient)
        let days = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
        let inDay = seconds - days * 86_400
        (hour, minute, second) = (inDay / 3600, inDay / 60 % 60, inDay % 60)
        // Howard Hinnant's days-to-civil: years begin in March, so that the day that leaps is the last one.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let index = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * index + 2) / 5 + 1
        month = index < 10 ? index + 3 : index - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// `20130524T000000Z`; of the year the last four digits.
    package var basic: String {
        String(unsafeUninitializedCapacity: 16) { buffer in
            let fields = [(year / 100, 0), (year, 2), (month, 4), (day, 6), (hour, 9), (minute, 11), (second, 13)]
            for (number, place) in fields {
                let two = Int((number % 100).magnitude)
                buffer[place] = 0x30 + UInt8(two / 10)
                buffer[place + 1] = 0x30 + UInt8(two % 10)
            }
            (buffer[8], buffer[15]) = (UInt8(ascii: "T"), UInt8(ascii: "Z"))
            return 16
        }
    }

    /// `20130524`
    package var basicDay: String { String(basic.prefix(8)) }

    /// Milliseconds since 1970 of a moment in UTC; nil when a field is out of its range.
    static func milliseconds(
        year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, millisecond: Int = 0
    ) -> Int64? {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day), (0...23).contains(hour),
            (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return Int64(((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + Int64(millisecond)
    }

    /// Reads `2013-05-24T00:00:00.000Z`, with any number of decimals or none (RFC 3339, UTC only); in milliseconds.
    static func milliseconds(extended text: [UInt8]) -> Int64? {
        guard text.count >= 20, text.count <= 40, text.last == UInt8(ascii: "Z"), text[4] == text[7],
            text[4] == UInt8(ascii: "-"), text[10] == UInt8(ascii: "T"), text[13] == text[16],
            text[13] == UInt8(ascii: ":"),
            let year = number(text[0..<4]), let month = number(text[5..<7]), let day = number(text[8..<10]),
            let hour = number(text[11..<13]), let minute = number(text[14..<16]), let second = number(text[17..<19])
        else { return nil }
        var decimals = 0
        if text[19] == UInt8(ascii: ".") {
            let digits = text[20..<text.count - 1]
            guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            let three = digits.prefix(3)
            decimals = (number(three) ?? 0) * [100, 10, 1][max(0, three.count - 1)]
        } else if text.count != 20 {
            return nil
        }
        return milliseconds(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second, millisecond: decimals)
    }

    /// Reads `Fri, 24 May 2013 00:00:00 GMT` (RFC 9110 §5.6.7); in milliseconds.
    static func milliseconds(http text: String) -> Int64? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int(words[1]), let year = Int(words[3]),
            let month = months.firstIndex(of: String(words[2]))
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3 else { return nil }
        return milliseconds(
            year: year, month: month + 1, day: day, hour: clock[0], minute: clock[1], second: clock[2])
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
