/// How colours look to people who lack one kind of cone. Source: Viénot, Brettel, Mollon (1999) for the first two;
/// Brettel, Viénot, Mollon (1997) in one plane for the third.
package enum ColorVision: String, Sendable, Hashable, CaseIterable {
    case protan, deutan, tritan

    package func simulate(_ color: RGB) -> RGB {
        let light = color.linear
        let rows = matrix
        return RGB(linear: SIMD3((rows.0 * light).sum(), (rows.1 * light).sum(), (rows.2 * light).sum()))
    }

    /// On linear light.
    private var matrix: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) {
        switch self {
        case .protan: (SIMD3(0.11238, 0.88762, 0), SIMD3(0.11238, 0.88762, 0), SIMD3(0.00401, -0.00401, 1))
        case .deutan: (SIMD3(0.29275, 0.70725, 0), SIMD3(0.29275, 0.70725, 0), SIMD3(-0.02234, 0.02234, 1))
        case .tritan: (SIMD3(1, 0.14461, -0.14461), SIMD3(0, 0.85924, 0.14076), SIMD3(0, 0.85924, 0.14076))
        }
    }
}
