import TestKit
import Testing

@testable import TerminalUI

@Suite("Toasts, breadcrumbs, scroll bar")
struct BarsTests {
    private func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

    @Test func aToastCountsDownAndGoes() throws {
        var toasts = Toasts()
        toasts.show(
            Toasts.Toast(
                .ok, "promoted shop@4", detail: "= signalbox promote shop", id: "op", until: at(400_000),
                deadline: at(300_000)))
        toasts.show(Toasts.Toast(.error, "node fra-1 refused", until: at(9000)))
        #expect(toasts.wakeUp(at: at(8500)) == at(9000))
        #expect(toasts.wakeUp(at: at(8000)) == at(9000))
        #expect(toasts.height(at: at(8000)) == 3)
        var surface = Surface(TerminalSize(columns: 44, rows: 4))
        toasts.draw(into: &surface, in: surface.bounds, DrawContext(now: at(8000)))
        try Golden.check(surface.screen, "toasts.screen")
        toasts.expire(at: at(9000))
        #expect(toasts.toasts.count == 1)
        #expect(toasts.wakeUp(at: at(300_000)) == at(400_000))
        #expect(toasts.access(at: at(9000)).first?.id == "toast.op")
        toasts.show(Toasts.Toast(.info, "again", id: "op"))
        #expect(toasts.toasts.map(\.text.string) == ["again"])
        #expect(toasts.wakeUp(at: at(9000)) == nil)
    }

    @Test func theNearestCrumbsStay() {
        let crumbs = Breadcrumbs([.init("edge"), .init("production", .envProd), .init("shop"), .init("versions")])
        #expect(crumbs.line(width: 60).text.string == "edge \u{25B8} production \u{25B8} shop \u{25B8} versions")
        #expect(crumbs.line(width: 24).text.string == "\u{2026} \u{25B8} shop \u{25B8} versions")
        #expect(crumbs.line(width: 6).text.string == "\u{2026} \u{25B8} v\u{2026}")
        #expect(crumbs.line(width: 60, .ascii).text.string == "edge > production > shop > versions")
        #expect(crumbs.line(width: 60).pieces.last?.style.ink == .crumbCurrent)
    }

    @Test func theThumbReachesBothEnds() {
        #expect(ScrollBar(top: 0, shown: 10, count: 100).thumb(height: 10) == 0..<1)
        #expect(ScrollBar(top: 90, shown: 10, count: 100).thumb(height: 10) == 9..<10)
        #expect(ScrollBar(top: 0, shown: 10, count: 10).thumb(height: 10).isEmpty)
        #expect(ScrollBar(top: 99, shown: 2, count: 3).thumb(height: 6) == 2..<6)
        #expect(ScrollBar(top: 2, shown: 40, count: 50).thumb(height: 40).count == ScrollBar.longest)
    }

    @Test func aWindowThatIsTooSmallSaysSo() {
        let frame = TooSmall.frame(TerminalSize(columns: 40, rows: 5))
        #expect(frame.surface.text(row: 2).hasSuffix("needs 60x16 (now 40x5)"))
        #expect(TooSmall.frame(TerminalSize(columns: 0, rows: 0)).surface.cells.isEmpty)
        #expect(!TooSmall.isTooSmall(TerminalSize(columns: 60, rows: 16)))
    }
}
