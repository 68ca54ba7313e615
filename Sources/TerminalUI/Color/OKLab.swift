/// A colour in OKLab, where distance is close to what people see. Source: Ottosson, "A perceptual color space for image
/// processing" (2020).
struct OKLab: Sendable, Hashable {
    var lightness: Double
    var a: Double
    var b: Double

    init(_ color: RGB) {
        let light = color.linear
        let long = ColorMath.cubeRoot(0.4122214708 * light.x + 0.5363325363 * light.y + 0.0514459929 * light.z)
        let middle = ColorMath.cubeRoot(0.2119034982 * light.x + 0.6806995451 * light.y + 0.1073969566 * light.z)
        let short = ColorMath.cubeRoot(0.0883024619 * light.x + 0.2817188376 * light.y + 0.6299787005 * light.z)
        lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
        a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
        b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    }

    /// 0 for the same colour; about 0.02 is just seen, 1 is black to white.
    func distance(to other: OKLab) -> Double { squaredDistance(to: other).squareRoot() }

    func squaredDistance(to other: OKLab) -> Double {
        let light = lightness - other.lightness
        let one = a - other.a
        let two = b - other.b
        return light * light + one * one + two * two
    }

    /// How far from grey.
    var chroma: Double { (a * a + b * b).squareRoot() }
}
