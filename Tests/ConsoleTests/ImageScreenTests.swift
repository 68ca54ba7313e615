import ControlPlane
import EdgeModel
import ImageSourcing
import TerminalUI
import TestKit
import Testing

@testable import Console

/// Sources, targets and migrations of images, as somebody at the console meets them.
struct ImageScreenTests {
    private static let places = ["images", "images/3", "images/2", "sources", "targets", "sources/press"]
    private static let forms = [("images", "over-images-add"), ("sources", "over-sources-add")]
    static let goldens =
        (places + forms.map(\.1)).flatMap { place in
            ScreenGoldenTests.sizes.map { ScreenGoldenTests.file(place, $0) }
        } + ["images", "sources", "targets"].map { ScreenGoldenTests.file("\($0)-empty", ScreenGoldenTests.sizes[0]) }

    @Test(arguments: places)
    func screensAreAsTheyWere(path: String) async throws {
        let shift = try NightShift.withImages()
        for size in ScreenGoldenTests.sizes {
            let console = try await shift.operatorAt(path, size: size)
            try Golden.check(ScreenText.of(console.simulator.frame), ScreenGoldenTests.file(path, size))
        }
    }

    @Test(arguments: forms)
    func formsAreAsTheyWere(path: String, golden: String) async throws {
        let shift = try NightShift.withImages()
        for size in ScreenGoldenTests.sizes {
            var console = try await shift.operatorAt(path, size: size)
            try await console.press("+")
            try Golden.check(ScreenText.of(console.simulator.frame), ScreenGoldenTests.file(golden, size))
        }
    }

    @Test(arguments: ["images", "sources", "targets"])
    func emptyOnesSayWhatNow(path: String) async throws {
        let size = ScreenGoldenTests.sizes[0]
        let console = try await NightShift.withShop().operatorAt(path, size: size)
        #expect(console.screen.contains(":images "))
        try Golden.check(ScreenText.of(console.simulator.frame), ScreenGoldenTests.file("\(path)-empty", size))
    }
}
