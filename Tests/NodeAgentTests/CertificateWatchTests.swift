import EdgeModel
import EdgePlan
import Testing

@testable import NodeAgent

@Suite("What Envoy is told of a certificate")
struct CertificateWatchTests {
    private var watch = CertificateWatch()
    private let files = CertificateFiles(certificate: "/tls/a.crt", key: "/tls/a.key")

    private mutating func found(_ problem: CertificateInspection.Problem.Code? = nil) {
        watch.found(
            CertificateInspection(
                files: files, facts: nil, problem: problem.map { .init($0, file: "/tls/a.crt", "no") }), [])
    }

    @Test("A pair is loaded once; a replaced one is loaded again under another version")
    mutating func loads() {
        found()
        #expect(watch.asked(version: nil, at: .seconds(0)) == .load(1))
        #expect(watch.asked(version: "1", at: .seconds(2)) == .wait)
        found()
        #expect(watch.asked(version: "1", at: .seconds(3)) == .load(2))
        #expect(watch.asked(version: "2", at: .seconds(4)) == .wait)
    }

    @Test("Without a pair Envoy is told once that there is nothing, so that other zones are served")
    mutating func nothing() {
        found(.missing)
        #expect(watch.asked(version: nil, at: .seconds(0)) == .nothing)
        #expect(watch.asked(version: nil, at: .seconds(2)) == .wait)
        found()
        #expect(watch.asked(version: nil, at: .seconds(3)) == .load(1))
    }

    @Test("A pair that breaks is not offered: Envoy keeps the one before")
    mutating func breaks() {
        found()
        _ = watch.asked(version: nil, at: .seconds(0))
        found(.mismatch)
        #expect(watch.asked(version: "1", at: .seconds(2)) == .wait)
        found()
        #expect(watch.asked(version: "1", at: .seconds(3)) == .load(2))
    }

    @Test("One that Envoy would not take is offered again after a pause, spelt otherwise")
    mutating func refused() {
        found()
        #expect(watch.asked(version: nil, at: .seconds(0)) == .load(1))
        #expect(watch.asked(version: nil, at: .seconds(2)) == .wait)
        #expect(watch.asked(version: nil, at: .seconds(6)) == .load(2))
    }

    @Test("A listener that begins anew, and a new process, get it at once")
    mutating func anew() {
        found()
        _ = watch.asked(version: nil, at: .seconds(0))
        _ = watch.asked(version: "1", at: .seconds(1))
        #expect(watch.asked(version: nil, at: .seconds(2)) == .load(1))
        watch.envoyStarts()
        #expect(watch.asked(version: nil, at: .seconds(2)) == .load(1))
        found(.missing)
        watch.envoyStarts()
        #expect(watch.asked(version: nil, at: .seconds(3)) == .nothing)
    }
}
