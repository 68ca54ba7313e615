import FoundationEssentials
import InterfaceText
import TestKit
import Testing

@testable import TerminalUI

@Suite("Themes")
struct ThemeTests {
    static let folder = Checkout.root + "/themes/"

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".toml") }.map { String($0.dropLast(5)) }.sorted()
    }()

    static let library = ThemeLibrary { name in
        (try? Data(contentsOf: URL(filePath: folder + name + ".toml"))).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func thereAreThemesForEveryEye() {
        let wanted: Set = [
            "edge-dark", "edge-light", "terminal", "mono", "high-contrast", "cvd-safe-dark", "cvd-safe-light",
        ]
        #expect(wanted.isSubset(of: Self.names))
        #expect(Self.names.count >= 10)
    }

    @Test(arguments: names) func everyBundledThemeLintsClean(_ name: String) {
        let (theme, troubles) = Self.library.theme(name)
        #expect(troubles.isEmpty, "\(troubles.map(\.description))")
        #expect(theme.name == name)
        let findings = ThemeLint.check(theme).map(\.description)
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
        #expect(!theme.license.isEmpty)
    }

    @Test func theBaseLintsClean() { #expect(ThemeLint.check(.base).map(\.description) == []) }

    @Test(arguments: names) func theGalleryIsKept(_ name: String) throws {
        try Golden.check(Self.library.theme(name).theme.gallery, "themes/\(name).gallery")
    }

    @Test func theSampleShowsEveryTheme() throws {
        try Golden.check(ThemeSample.surface().screen, "theme-sample.screen")
        try Golden.check(ThemeSample.surface(.ascii).text, "theme-sample-ascii.screen")
        for cell in ThemeSample.surface(.ascii).cells { #expect(cell.glyph.base < 0x7F) }
    }

    @Test func highContrastIsSevenToOne() {
        let theme = Self.library.theme("high-contrast").theme
        let ground = theme.color("ground")?.shown(.direct) ?? .white
        for role in Role.allCases.filter({
            ![.gaugeTrack, .tableCursor, .tableCursorBlur, .buttonFocus, .selection].contains($0)
        }) {
            guard let ink = theme.entries[role]?.foreground.flatMap(theme.color)?.shown(.direct) else { continue }
            #expect(ink.contrast(with: ground) >= 7, "\(role.name)")
        }
    }

    @Test func aPaletteAloneMakesATheme() {
        let (theme, troubles) = Self.library.theme(
            text: "extends = \"edge-dark\"\n[palette]\nok = \"#00ff00\"\n", name: "mine")
        #expect(troubles.isEmpty)
        #expect(theme.name == "mine")
        #expect(theme.resolve(.direct)[.statusOk].foreground == .direct(red: 0, green: 255, blue: 0))
        #expect(
            theme.resolve(.direct)[.statusBad] == Self.library.theme("edge-dark").theme.resolve(.direct)[.statusBad])
    }

    @Test(arguments: [
        ("name = ", "line 1, column 8"), ("[palette]\nok = \"#12\"", "line 2, column 1: \"#12\" is no colour"),
        (
            "[roles]\n\"status.good\" = { fg = \"ok\" }",
            "line 2, column 1: there is no role \"status.good\"; there are status.ok"
        ),
        ("[roles]\ntext = { fg = \"ink\", attrs = [\"blink\"] }", "line 2, column 22: attributes are bold"),
        ("format = 2", "line 1, column 1: this reads format 1"),
        ("colour = 1", "line 1, column 1: unknown key \"colour\""),
        ("[palette]\n\n  bad = { rgb = \"#ff0000\", c16 = \"pink\" }", "line 3, column 28: a number from 0 to 15"),
        ("[roles.text]\nfg = 7", "line 2, column 1: text between quotes"),
        ("roles = 1", "line 1, column 1: a table: [roles]"),
    ])
    func aFaultNamesItsPlace(_ text: String, _ fault: String) {
        let troubles = Self.library.theme(text: text, name: "mine").troubles
        #expect(troubles.first?.description.hasPrefix("mine: " + fault) == true, "\(troubles.map(\.description))")
    }

    @Test func circlesAndMissingParentsEndInTheBase() {
        let texts = ["a": "extends = \"b\"", "b": "extends = \"a\"", "c": "extends = \"gone\""]
        let library = ThemeLibrary { texts[$0] }
        #expect(library.theme("a").troubles.map(\.message) == ["themes in a circle: a extends b extends a"])
        #expect(library.theme("c").troubles.map(\.message) == ["extends \"gone\", and there is no theme of this name"])
        #expect(library.theme("d").theme == .base)
        #expect(library.theme("a").theme.resolve(.sixteen)[.statusOk] == Theme.base.resolve(.sixteen)[.statusOk])
    }

    @Test func theLintFindsWhatCannotBeRead() {
        func findings(_ text: String) -> [String] {
            ThemeLint.check(Self.library.theme(text: text, name: "t").theme).map(\.description)
        }
        let dark = "extends = \"edge-dark\"\nvariant = \"dark\"\n"
        #expect(findings(dark + "[palette]\nmuted = \"#333333\"").contains { $0.contains("text.muted: contrast 1.") })
        #expect(
            findings(dark + "[roles]\ntext = { fg = \"nobody\" }").contains { $0.contains("\"nobody\" is neither") })
        #expect(findings(dark + "[roles]\n\"table.cursor\" = { mono = [] }").contains { $0.contains("without colour") })
        #expect(
            findings(dark + "[roles]\n\"status.bad\" = { ascii = \"o\" }").contains {
                $0.contains("same ASCII sign as status.ok")
            })
        #expect(
            findings(dark + "[roles]\n\"status.bad\" = { glyph = \"\u{4F5C}\" }").contains {
                $0.contains("not one column")
            })
        let safe = findings(
            "vision-safe = true\n" + dark.replacing("edge-dark", with: "edge-light")
                + "[palette]\nok = \"#3a7a00\"\nbad = \"#a55a00\"")
        #expect(safe.contains { $0.contains("deutan") || $0.contains("protan") }, "\(safe)")
    }

    @Test func foldersComeInTheOrderOfWhoKnowsBest() {
        let environment = ["HOME": "/home/op", "XDG_DATA_DIRS": "/opt/share:relative"]
        #expect(
            ThemeChoice.folders(environment: environment, executable: "/usr/local/bin/signalbox") == [
                "/home/op/.config/signalbox/themes", "/home/op/.local/share/signalbox/themes",
                "/opt/share/signalbox/themes", "/usr/local/share/signalbox/themes",
            ])
        #expect(
            ThemeChoice.folders(environment: ["XDG_DATA_DIRS": "/s"], executable: "/w/.build/x/debug/signalbox").last
                == "/w/themes")
    }

    @Test func theTerminalChoosesWhenNobodyDoes() {
        func name(_ environment: [String: String], _ depth: ColorDepth = .indexed256, asked: String? = nil) -> String {
            ThemeChoice.name(asked: asked, environment: environment, configured: nil, depth: depth)
        }
        #expect(name([:]) == "edge-dark")
        #expect(name(["COLORFGBG": "0;15"]) == "edge-light")
        #expect(name(["NO_COLOR": "1", "SIGNALBOX_THEME": "nord"]) == "mono")
        #expect(name(["SIGNALBOX_THEME": "nord"]) == "nord")
        #expect(name(["NO_COLOR": "1"], asked: "dracula") == "dracula")
        #expect(name([:], .sixteen) == "terminal")
    }
}

@Suite("Colours")
struct ColorTests {
    @Test func powersAreRight() {
        #expect(abs(ColorMath.power(2, 10) - 1024) < 1e-6)
        #expect(abs(ColorMath.power(0.5, 2.4) - 0.18946457081379978) < 1e-9)
        #expect(abs(ColorMath.cubeRoot(0.001) - 0.1) < 1e-9)
        for value in UInt8.min...UInt8.max {
            #expect(RGB(linear: RGB(value, value, value).linear) == RGB(value, value, value))
        }
    }

    @Test func contrastIsThatOfTheStandard() {
        #expect(abs(RGB.black.contrast(with: .white) - 21) < 1e-6)
        #expect(abs(RGB(119, 119, 119).contrast(with: .white) - 4.478) < 0.001)
    }

    @Test func theNearestOfTheCubeIsItself() {
        for index in UInt8(16)...255 {
            let color = IndexedColors.color(index)
            #expect(color.map { IndexedColors.color(IndexedColors.nearest($0)) } == .some(color))
        }
        #expect(IndexedColors.nearest(RGB(87, 199, 133)) == 78)
    }

    @Test func sixteenKeepTheHue() {
        #expect(IndexedColors.ansi(RGB(255, 107, 107)) == 9)
        #expect(IndexedColors.ansi(RGB(160, 20, 20)) == 1)
        #expect(IndexedColors.ansi(RGB(90, 176, 255)) == 12)
        #expect(IndexedColors.ansi(RGB(18, 22, 29)) == 0)
        #expect(IndexedColors.ansi(.white) == 15)
    }

    @Test func greyStaysGreyForEverybody() {
        for vision in ColorVision.allCases { #expect(vision.simulate(RGB(120, 120, 120)) == RGB(120, 120, 120)) }
    }

    @Test func aGroundThatCoversHidesTheInk() {
        let theme = Theme.base.resolve(.sixteen)
        #expect(theme.style(CellStyle(.statusBad, on: .tableCursor)).foreground == .indexed(15))
        #expect(theme.style(CellStyle(.statusBad)).foreground == .indexed(1))
        #expect(theme.style(CellStyle(.statusBad, on: .tableCursor)).background == .indexed(4))
        #expect(Theme.base.resolve(.mono).style(CellStyle(.text, on: .tableCursor)).emphasis == .reverse)
    }
}
