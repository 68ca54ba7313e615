/// A colour in sRGB, eight bits a part.
package struct RGB: Sendable, Hashable {
    package var red: UInt8
    package var green: UInt8
    package var blue: UInt8

    package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// `#rrggbb` or `#rgb`; nil for anything else.
    package init?(hex: some StringProtocol) {
        guard hex.first == "#" else { return nil }
        let digits = hex.dropFirst().map { $0.isASCII ? $0.hexDigitValue : nil }
        let values = digits.compactMap { $0 }
        guard values.count == digits.count else { return nil }
        let parts: [Int]
        switch values.count {
        case 3: parts = values.map { $0 * 17 }
        case 6: parts = [values[0] * 16 + values[1], values[2] * 16 + values[3], values[4] * 16 + values[5]]
        default: return nil
        }
        self.init(UInt8(parts[0]), UInt8(parts[1]), UInt8(parts[2]))
    }

    package static let black = RGB(0, 0, 0)
    package static let white = RGB(255, 255, 255)

    package var hex: String {
        "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Linear light of each part, 0 to 1 (IEC 61966-2-1).
    var linear: SIMD3<Double> {
        func light(_ part: UInt8) -> Double {
            let value = Double(part) / 255
            return value <= 0.04045 ? value / 12.92 : ColorMath.power((value + 0.055) / 1.055, 2.4)
        }
        return SIMD3(light(red), light(green), light(blue))
    }

    init(linear: SIMD3<Double>) {
        func part(_ light: Double) -> UInt8 {
            let light = min(max(0, light), 1)
            let value = light <= 0.0031308 ? light * 12.92 : 1.055 * ColorMath.power(light, 1 / 2.4) - 0.055
            return UInt8((value * 255).rounded())
        }
        self.init(part(linear.x), part(linear.y), part(linear.z))
    }

    /// Relative luminance, 0 to 1 (WCAG 2.1).
    package var luminance: Double {
        let light = linear
        return 0.2126 * light.x + 0.7152 * light.y + 0.0722 * light.z
    }

    /// How well one is read on the other, 1 to 21 (WCAG 2.1).
    package func contrast(with other: RGB) -> Double {
        let one = luminance
        let two = other.luminance
        return (max(one, two) + 0.05) / (min(one, two) + 0.05)
    }
}

/// Powers without the C library: this target imports none.
enum ColorMath {
    /// `base` to the `exponent`, for bases from 0 to some ten; relative error below 1e-9.
    static func power(_ base: Double, _ exponent: Double) -> Double {
        base <= 0 ? 0 : exponential(exponent * logarithm(base))
    }

    static func cubeRoot(_ value: Double) -> Double { value < 0 ? -power(-value, 1 / 3) : power(value, 1 / 3) }

    /// ln x = exponent ln 2 + ln m, the latter by its series in (m - 1)/(m + 1).
    private static func logarithm(_ value: Double) -> Double {
        let mantissa = value.significand > 1.5 ? value.significand / 2 : value.significand
        let exponent = Double(value.exponent) + (value.significand > 1.5 ? 1 : 0)
        let ratio = (mantissa - 1) / (mantissa + 1)
        let square = ratio * ratio
        var term = ratio
        var sum = 0.0
        for divisor in stride(from: 1.0, through: 25, by: 2) {
            sum += term / divisor
            term *= square
        }
        return exponent * 0.693147180559945309 + 2 * sum
    }

    private static func exponential(_ value: Double) -> Double {
        let steps = (value / 0.693147180559945309).rounded()
        let rest = value - steps * 0.693147180559945309
        var term = 1.0
        var sum = 1.0
        for divisor in 1...16 {
            term *= rest / Double(divisor)
            sum += term
        }
        return sum * Double(sign: .plus, exponent: Int(min(max(steps, -1000), 1000)), significand: 1)
    }
}
