package import EdgeModel

extension StoreContract {
    static let lists: [Check] = [
        Check("lists come by name, each with its items by their bytes, and are replaced as a whole") { pair in
            let office = try Sample.list("office", .ip)
            // One letter in two spellings: what looks alike is not the same to the edge.
            let words = [ListItem("e\u{301}"), ListItem("\u{e9}", comment: "one scalar"), ListItem("zebra")]
            try pair.first.write { tx in
                try tx.putList(Sample.list("words", .text), items: words.reversed())
                try tx.putList(office, items: [ListItem("192.0.2.1", comment: "ada's; \"home\"")])
            }
            try pair.second.read { tx in
                try expect(try tx.lists().map(\.name.rawValue), is: ["office", "words"])
                try expect(try tx.list(named: office.name), is: office)
                try expect(try tx.items(of: Sample.listName("words")), is: words.sorted())
                try expect(try tx.list(named: Sample.listName("ghost")), is: nil)
                try expect(try tx.items(of: Sample.listName("ghost")), is: [])
            }
            var changed = office
            changed.description = "moved"
            changed.digest = Sample.digest(9)
            try pair.first.write { try $0.putList(changed, items: [ListItem("2001:db8::/32")]) }
            try expect(try pair.second.read { try $0.list(named: office.name) }, is: changed)
            try expect(try pair.second.read { try $0.items(of: office.name) }, is: [ListItem("2001:db8::/32")])
        },
        Check("a list keeps its kind, has a value once, and goes with its items") { pair in
            let office = try Sample.list("office", .ip)
            try pair.first.write { try $0.putList(office, items: [ListItem("192.0.2.1")]) }
            try expectRefusal(pair.first, "another kind") { try $0.putList(Sample.list("office", .text), items: []) }
            try expectRefusal(pair.first, "a value twice") {
                try $0.putList(office, items: [ListItem("192.0.2.1"), ListItem("192.0.2.1", comment: "again")])
            }
            try expectRefusal(pair.first, "no value") { try $0.putList(office, items: [ListItem("")]) }
            try pair.first.write { try $0.removeList(named: office.name) }
            try expect(try pair.second.read { try $0.lists() }, is: [])
            try expectRefusal(pair.first, "twice") { try $0.removeList(named: office.name) }
            try pair.first.write { try $0.putList(Sample.list("office", .text), items: []) }
            try expect(try pair.second.read { try $0.items(of: office.name) }, is: [])
        },
    ]
}

extension Sample {
    package static func listName(_ text: String) throws -> ListName {
        guard let name = ListName(rawValue: text) else { throw Broken("'\(text)' is no list name") }
        return name
    }

    package static func list(_ name: String, _ kind: ListKind) throws -> NamedList {
        NamedList(
            name: try listName(name), kind: kind, description: "it's \"\(name)\"", digest: digest(5), createdAt: time,
            updatedAt: time.advanced(byMilliseconds: 1), author: "ada")
    }
}
