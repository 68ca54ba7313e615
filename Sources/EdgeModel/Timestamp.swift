/// A moment in UTC, in milliseconds since 1970; printed as RFC 3339 with `Z`.
package struct Timestamp: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = Timestamp(rfc3339: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is no RFC 3339 time"))
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    package static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }
    package func advanced(byMilliseconds delta: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds &+ delta) }

    /// `2026-11-21T11:30:00.250Z`; the fraction is left out when it is zero.
    package var description: String {
        let days = milliseconds.flooredQuotient(86_400_000)
        let rest = milliseconds - days * 86_400_000
        let (year, month, day) = Self.civil(fromDays: days)
        let (h, m, s, f) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000)
        let base =
            "\(Self.pad(year, 4))-\(Self.pad(month, 2))-\(Self.pad(day, 2))T\(Self.pad(h, 2)):\(Self.pad(m, 2)):\(Self.pad(s, 2))"
        return f == 0 ? base + "Z" : base + "." + Self.pad(f, 3) + "Z"
    }

    /// Parses what `description` prints, and any RFC 3339 offset. nil for anything else, a day that its month does not have
    /// and a time outside the years 0 to 9999 included: it could not be printed so that it is read again.
    package init?(rfc3339 text: String) {
        let b = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= b.count else { return nil }
            var value: Int64 = 0
            for i in range {
                guard (48...57).contains(b[i]) else { return nil }
                value = value * 10 + Int64(b[i] - 48)
            }
            return value
        }
        guard b.count >= 20, b[4] == 45, b[7] == 45, b[10] | 32 == 116, b[13] == 58, b[16] == 58,
            let y = number(0..<4), let mo = number(5..<7), let d = number(8..<10), let h = number(11..<13),
            let mi = number(14..<16), let s = number(17..<19),
            (1...12).contains(mo), (1...31).contains(d), h < 24, mi < 60, s < 61
        else { return nil }
        var i = 19
        var fraction: Int64 = 0
        if b[i] == 46 {
            i += 1
            var scale: Int64 = 100
            let start = i
            while i < b.count, (48...57).contains(b[i]) {
                fraction += Int64(b[i] - 48) * scale
                scale /= 10
                i += 1
            }
            guard i > start else { return nil }
        }
        guard i < b.count else { return nil }
        var offset: Int64 = 0
        if b[i] | 32 == 122 {
            guard i + 1 == b.count else { return nil }
        } else {
            guard b[i] == 43 || b[i] == 45, i + 6 == b.count, b[i + 3] == 58, let oh = number(i + 1..<i + 3),
                let om = number(i + 4..<i + 6), oh < 24, om < 60
            else { return nil }
            offset = (oh * 60 + om) * 60_000 * (b[i] == 45 ? -1 : 1)
        }
        let days = Self.days(fromCivil: (y, mo, d))
        guard Self.civil(fromDays: days) == (y, mo, d) else { return nil }
        milliseconds = days * 86_400_000 + h * 3_600_000 + mi * 60_000 + s * 1000 + fraction - offset
        let years = Self.days(fromCivil: (0, 1, 1))..<Self.days(fromCivil: (10_000, 1, 1))
        guard years.contains(milliseconds.flooredQuotient(86_400_000)) else { return nil }
    }

    private static func pad(_ value: Int64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    /// Days since 1970-01-01 to year, month, day in the proleptic Gregorian calendar (Hinnant, "chrono-compatible
    /// low-level date algorithms").
    private static func civil(fromDays days: Int64) -> (Int64, Int64, Int64) {
        let z = days + 719_468
        let era = z.flooredQuotient(146_097)
        let doe = z - era * 146_097
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100)
        let mp = (5 * doy + 2) / 153
        let month = mp < 10 ? mp + 3 : mp - 9
        return (yoe + era * 400 + (month <= 2 ? 1 : 0), month, doy - (153 * mp + 2) / 5 + 1)
    }

    private static func days(fromCivil date: (Int64, Int64, Int64)) -> Int64 {
        let (y, m, d) = (date.1 <= 2 ? date.0 - 1 : date.0, date.1, date.2)
        let era = y.flooredQuotient(400)
        let yoe = y - era * 400
        let doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1
        return era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
    }
}

extension Int64 {
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        let (q, r) = quotientAndRemainder(dividingBy: divisor)
        return r < 0 ? q - 1 : q
    }
}
