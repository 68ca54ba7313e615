package import EdgeModel

extension DocumentText {
    /// YAML in block style, two spaces an indent, ended by a newline, that reads back as exactly the same value.
    ///
    /// Texts are plain where no reader of YAML takes them for something else, literal when they have several lines, in
    /// single quotes otherwise (an expression needs no escapes then), and in double quotes when they hold characters
    /// that cannot be seen. Numbers that are not finite become `null`, as in JSON.
    package static func yaml(_ value: DocumentValue) -> String {
        var writer = YAMLWriter()
        switch value {
        case .object(let members) where !members.isEmpty: writer.members(members, indent: 0)
        case .array(let items) where !items.isEmpty: writer.items(items, indent: 0)
        default: writer.out += YAMLWriter.inline(value) + "\n"
        }
        return writer.out
    }
}

private struct YAMLWriter {
    var out = ""

    /// Every member on its own line; the first one stands where the caller has already written the indent.
    mutating func members(_ members: [DocumentMember], indent: Int) {
        for (index, member) in members.enumerated() {
            if index > 0 { space(indent) }
            let key = ScalarText.quoted(member.key)
            // A key of one line ends at 1,024 characters (YAML 1.2 §7.4.2); longer ones are written the explicit way.
            if key.unicodeScalars.count > 1000 {
                out += "? " + key + "\n"
                space(indent)
            } else {
                out += key
            }
            out += ":"
            after(member.value, indent: indent)
        }
    }

    mutating func items(_ items: [DocumentValue], indent: Int) {
        for (index, item) in items.enumerated() {
            if index > 0 { space(indent) }
            out += "-"
            switch item {
            case .object(let inner) where !inner.isEmpty:
                out += " "
                members(inner, indent: indent + 2)
            case .array(let inner) where !inner.isEmpty:
                out += " "
                self.items(inner, indent: indent + 2)
            default: after(item, indent: indent)
            }
        }
    }

    /// What follows a colon or a hyphen, with the end of the line.
    private mutating func after(_ value: DocumentValue, indent: Int) {
        switch value {
        case .object(let inner) where !inner.isEmpty:
            out += "\n"
            space(indent + 2)
            members(inner, indent: indent + 2)
        case .array(let inner) where !inner.isEmpty:
            out += "\n"
            space(indent + 2)
            items(inner, indent: indent + 2)
        case .string(let text) where ScalarText.isLiteral(text):
            let trimmed = text.utf8.reversed().prefix { $0 == 0x0A }.count
            out += trimmed == 0 ? " |-\n" : trimmed == 1 ? " |\n" : " |+\n"
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            if trimmed > 0 { lines.removeLast() }
            for line in lines {
                if !line.isEmpty { space(indent + 2) }
                out += line + "\n"
            }
        default: out += " " + Self.inline(value) + "\n"
        }
    }

    private mutating func space(_ count: Int) { out += String(repeating: " ", count: count) }

    static func inline(_ value: DocumentValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .double(let value): value.isFinite ? String(value) : "null"
        case .string(let text): ScalarText.quoted(text)
        case .array: "[]"
        case .object: "{}"
        }
    }
}
