import Testing

@testable import TerminalUI

/// Which columns are drawn, where, and how wide.
@Suite("Column layout")
struct ColumnLayoutTests {
    private static let columns = [
        TableColumn("name", "NAME", minimum: 8, isFlexible: true, priority: 9),
        TableColumn("rate", "REQ/S", .right, minimum: 5, maximum: 7, priority: 8),
        TableColumn("note", "REMARKS", minimum: 4, maximum: 30, priority: 2, isOptional: true),
    ]

    private func slots(_ width: Int, content: [Int] = [12, 5, 24]) -> [ColumnLayout.Slot] {
        ColumnLayout.slots(Self.columns, content: content, width: width)
    }

    @Test func inAWideWindowFiguresStayBesideTheirName() {
        let slots = slots(160)
        #expect(slots.map(\.width) == [12, 5, 24])
        #expect(slots.map(\.start) == [0, 16, 25])
    }

    @Test func whatIsSpareGoesBetweenTheColumnsFirst() {
        #expect(slots(45).map(\.start) == [0, 14, 21])
        #expect(slots(47).map(\.start) == [0, 15, 23])
    }

    @Test func aTitleIsNeverCutWhileAnotherColumnCanGo() {
        for width in 8...50 {
            for slot in slots(width) where slot.width < Self.columns[slot.column].title.width {
                #expect(width < 17, "\(Self.columns[slot.column].id) in \(width)")
            }
        }
        #expect(slots(34).map(\.column) == [0, 1, 2])
        #expect(slots(22).map(\.column) == [0, 1], "the remarks, before anything is cut")
    }

    @Test func nothingIsEverWiderThanTheRoom() {
        for width in 0...60 {
            let slots = slots(width, content: [40, 7, 30])
            #expect(slots.last.map { $0.start + $0.width <= max(1, width) } ?? true, "\(width)")
            #expect(zip(slots, slots.dropFirst()).allSatisfy { $0.start + $0.width + ColumnLayout.gap <= $1.start })
        }
    }
}
