import EdgeModel
import EdgePlan
import Testing

@testable import Console

/// Where one is, as a path.
struct PlaceTests {
    @Test func everyPlaceReadsItsOwnPath() throws {
        let shop = try name("shop")
        let places: [Place] =
            ScreenTable.rows.map(\.place) + [
                .versions(shop), .version(shop, 7), .difference(.init(shop, 1), .init(shop, 2)),
                .effective(try name("qa")), .history(shop), .zone("example.com"), .deployments(try name("production")),
                .deployment(12),
                .node(try name("fra1")), .list(try #require(ListName(rawValue: "office"))),
            ]
        for place in places { #expect(Place.read(place.path)?.place == place) }
    }
}
