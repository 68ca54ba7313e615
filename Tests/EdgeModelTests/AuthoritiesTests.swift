import EdgeModel
import Testing

@Suite("Authorities of origins")
struct AuthoritiesTests {
    @Test(
        "Authorities of an origin must be certificates, not only armour",
        arguments: [
            ("-----BEGIN CERTIFICATE-----\nMAcwADAAAwEA\n-----END CERTIFICATE-----\n", true),
            ("# root\n-----BEGIN CERTIFICATE-----\r\nMAcwADAAAwEA\r\n-----END CERTIFICATE-----\r\n", true),
            ("-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n", false),
            ("-----BEGIN CERTIFICATE-----\nMAcwADAAAwE=\n-----END CERTIFICATE-----\n", false),
            ("-----BEGIN CERTIFICATE-----\nMAcwADAAAwEA\n", false),
            ("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n", false),
            ("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", false),
            ("no certificate", false),
        ])
    func authorities(_ text: String, isUsable: Bool) {
        let tls: DocumentValue = .object(["server_name": .string("a.example"), "authorities": .string(text)])
        let endpoint: DocumentValue = .object(["address": .string("127.0.0.1"), "port": .int(443)])
        let origin: DocumentValue = .object(["tls": tls, "endpoints": .array([endpoint])])
        let document: DocumentValue = .object([
            "zone": .string("a.example"), "origins": .object(["web": origin]),
        ])
        let codes = ZoneDocument.read(DocumentNode(document)).1.map(\.code)
        #expect(codes == (isUsable ? [] : ["bad-certificate"]))
    }
}
