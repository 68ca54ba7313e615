internal import EdgeModel

/// Lists of Cloudflare's account whose items came along become lists of ours, so that `$name` stays what it is.
///
/// Shapes: https://developers.cloudflare.com/api/resources/rules/subresources/lists/ (kinds ip, asn, hostname, redirect).
extension ImportRun {
    /// Before any rule is looked at: what is here decides whether rules that ask for it are carried out.
    mutating func importLists() -> [ImportItem] {
        export.list(.list).map { source in
            let name = source.value.text("name") ?? source.value.text("id") ?? "list"
            var item = ImportItem(.list, name, at: source.place)
            importList(source.value, name, &item)
            if item.becomes.isEmpty { item.source = source.value }
            return item
        }
    }

    private mutating func importList(_ value: DocumentValue, _ name: String, _ item: inout ImportItem) {
        guard let written = value.list("items") else {
            return item.refuse(
                "its items are not in the export",
                do: "add them as its 'items': GET /accounts/ACCOUNT/rules/lists/\(value.text("id") ?? "LIST")/items")
        }
        let kind: ListKind
        switch value.text("kind") {
        case "ip": kind = .ip
        case "asn": kind = .integer
        case "hostname": kind = .text
        case "redirect": return item.refuse("bulk redirects are not imported", do: "write them as redirect rules")
        case let other: return item.refuse("lists of kind \(other ?? "unknown") are not imported")
        }
        guard let listName = ListName(rawValue: name), listName.rawValue == name else {
            return item.refuse(ListName.problem(with: name) ?? "that is no name of a list")
        }
        var items: [ListItem] = []
        for entry in written {
            let text = Self.text(of: entry, kind)
            guard let text, !(kind == .text && text.hasPrefix("*.")), kind.canonical(text) != nil else {
                item.change("an item is left out: \(text ?? entry.json())")
                continue
            }
            let comment = entry.text("comment").flatMap { $0.isEmpty ? nil : $0 }
            items.append(ListItem(text, comment: comment))
        }
        let (clean, findings) = kind.checked(items, of: listName)
        guard findings.isEmpty else {
            for finding in findings.prefix(5) { item.refuse(finding.message, do: finding.remedy) }
            return
        }
        if item.outcome == .changed { item.remedy = "hosts are compared whole: write 'ends_with' for those below one" }
        let description = value.text("description") ?? ""
        lists.append(ListDocument(name: listName, kind: kind, description: description, items: clean))
        known = known.replacing(listName, by: (NamedList.digest(of: clean, kind), kind.contents(clean)))
        item.becomes = ["list \(listName)"]
    }

    /// The value of one item, as the API, Terraform and its older provider write it.
    private static func text(of entry: DocumentValue, _ kind: ListKind) -> String? {
        let inner = entry["value"] ?? entry
        switch kind {
        case .ip: return inner.text("ip") ?? inner.asText
        case .integer: return (inner.number("asn") ?? inner.asNumber).map { "\($0)" }
        case .text: return inner["hostname"]?.text("url_hostname") ?? inner.text("hostname") ?? inner.asText
        }
    }
}
