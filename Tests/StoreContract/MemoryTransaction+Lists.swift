import EdgeModel

extension MemoryTransaction {
    func lists() -> [NamedList] { state.lists.values.sorted { $0.name < $1.name } }
    func list(named name: ListName) -> NamedList? { state.lists[name] }
    func items(of list: ListName) -> [ListItem] { state.items[list] ?? [] }

    func putList(_ list: NamedList, items: [ListItem]) throws {
        let place = "list \(list.name)"
        try change(place) { state in
            guard state.lists[list.name].map({ $0.kind == list.kind }) ?? true else {
                throw refuse(place, "the kind of a list never changes")
            }
            guard Set(items.map(\.key)).count == items.count, items.allSatisfy({ !$0.value.isEmpty }) else {
                throw refuse(place, "a value is there twice, or empty")
            }
            state.lists[list.name] = list
            state.items[list.name] = items.sorted()
        }
    }

    func removeList(named name: ListName) throws {
        try change("list \(name)") { state in
            guard state.lists.removeValue(forKey: name) != nil else {
                throw refuse("list \(name)", "there is no list \(name)")
            }
            state.items[name] = nil
        }
    }
}
