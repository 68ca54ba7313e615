package import EdgeModel

/// A change of one list. Values are as somebody wrote them; the list's kind decides what they mean.
package enum ListEdit: Hashable, Sendable {
    case create(ListName, ListKind, description: String, items: [ListItem])
    /// Puts items in; a value that is there already gets the comment, if there is one.
    case add(ListName, [ListItem])
    /// Takes values out; each must be there.
    case remove(ListName, [String])
    /// Makes the list exactly these items, and makes the list itself when there is none; then it needs a kind. nil:
    /// as it is.
    case replace(ListName, ListKind?, description: String?, items: [ListItem])
    case describe(ListName, String)
    case delete(ListName)

    package var name: ListName {
        switch self {
        case .create(let name, _, _, _), .add(let name, _), .remove(let name, _), .replace(let name, _, _, _),
            .describe(let name, _), .delete(let name):
            name
        }
    }
}
