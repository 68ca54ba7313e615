/// What keys do to text that is read: a diff, a page. The key map names these.
package enum DiffMove: String, Sendable, Hashable, CaseIterable {
    case up, down, pageUp, pageDown, first, last, nextChange, previousChange, left, right

    /// The line that stands first afterwards, which may be outside of the text; nil: this is no scrolling.
    ///
    /// - Parameters:
    ///   - page: lines on the screen, one of which is seen before and after.
    ///   - last: the first line when the end of the text is reached.
    func top(from top: Int, page: Int, last: Int) -> Int? {
        switch self {
        case .up: top - 1
        case .down: top + 1
        case .pageUp: top - max(1, page - 1)
        case .pageDown: top + max(1, page - 1)
        case .first: 0
        case .last: last
        case .nextChange, .previousChange, .left, .right: nil
        }
    }
}
