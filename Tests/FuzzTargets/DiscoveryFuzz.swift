import EdgeModel
import FleetProtocol

/// A discovery request of an Envoy: `LETTER BODY`, the letter says for what.
enum DiscoveryFuzz {
    static func run(_ bytes: [UInt8]) {
        guard let letter = bytes.first else { return }
        let body = Array(bytes.dropFirst())
        let types = ["listeners", "clusters", "routes", "scoped-routes"]
        if letter == UInt8(ascii: "s") {
            _ = try? SecretRequest(body: body)
        } else if let request = try? DiscoveryRequest(type: types[Int(letter) % types.count], body: body) {
            let shown = [request.node.region, request.node.envoyVersion ?? "", request.node.moduleVersion ?? ""]
            for text in shown {
                hold(text.unicodeScalars.count <= 63, "what a node says of itself is short: \(text.debugDescription)")
                let isSafe = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f..<0xa0).contains($0.value) }
                hold(isSafe, "what a node says of itself is visible: \(text.debugDescription)")
            }
        }
    }
}
