package import EdgeModel
package import RulesLanguage

/// A condition of a mail rule, read so that what is not known matches neither side.
///
/// The language itself takes a missing value for "no", and `not` makes a "yes" of it; a rule `not (mail.auth.spf eq
/// "pass")` would then refuse all mail of which nobody knows anything. So a condition is kept as two: one that holds only
/// when the condition is certainly true, one that holds only when it is certainly false. In both, `not` has been pushed
/// down to the comparisons, and a comparison that is negated also asks whether its fields are known.
package struct MailCondition: Sendable {
    package let expression: Expression
    /// Whether it asks for the content, so that the envelope alone may not decide it.
    package let needsContent: Bool
    let holds: Expression
    let fails: Expression

    package init(_ text: String) throws(ExpressionErrors) {
        expression = try Parser(schema: .mail).parse(text)
        needsContent = Self.contentFields(of: expression.root).isEmpty == false
        holds = Expression(unchecked: Self.certain(expression.root, true), schema: .mail)
        fails = Expression(unchecked: Self.certain(expression.root, false), schema: .mail)
    }

    /// Everything wrong with a text, with carets.
    ///
    /// - Parameter lists: the account's; nil: which there are is not known, and what is wrong with them is not told.
    package static func findings(
        _ text: String, at place: String, line: Int? = nil, lists: KnownLists? = nil
    ) -> [Finding] {
        do throws(ExpressionErrors) {
            let condition = try MailCondition(text)
            let compiler = ProgramCompiler(lists: lists?.contents ?? [:])
            _ = try compiler.compile(condition.holds)
            _ = try compiler.compile(condition.fails)
            return []
        } catch {
            return error.errors.filter { lists != nil || $0.code != .unknownList }.map { one in
                Finding(
                    .error, one.code.rawValue, at: place, line: line, one.message, remedy: one.remedy,
                    excerpt: error.text == text ? one.rendered(in: text) : nil)
            }
        }
    }

    /// Whether every list that it mentions is there, and of a kind that can be asked.
    func isWithLists(_ lists: KnownLists) -> Bool {
        if expression.usedLists.isEmpty { return true }
        return (try? ProgramCompiler(lists: lists.contents).compile(expression)) != nil
    }

    /// Names of the lists that a text mentions, without the `$`; none when it does not parse.
    static func lists(in text: String) -> [String] {
        // Parsing is the dear part, and few conditions have lists.
        guard text.utf8.contains(UInt8(ascii: "$")) else { return [] }
        return (try? Parser(schema: .mail).parse(text))?.usedLists ?? []
    }

    /// One notation without needless parentheses; the text itself when it does not parse.
    package static func canonical(_ text: String) -> String {
        (try? Parser(schema: .mail).parse(text))?.canonical ?? text
    }

    // MARK: three values

    private static let verdicts: Set<FieldID> = [.mailSPF, .mailDKIM, .mailDMARC]
    /// What the activity log does not keep.
    private static let headers: Set<FieldID> = [.mailHeaders, .mailHeaderNames, .mailHeaderValues]

    private static func contentFields(of node: RulesLanguage.Node) -> Set<FieldID> {
        var found: Set<FieldID> = []
        node.visit { part in
            guard case .field(let id) = part.kind, Schema.mail.field(id)?.side == .response else { return }
            found.insert(id)
        }
        return found
    }

    /// A tree that is true only when the node certainly is what is wanted.
    private static func certain(_ node: RulesLanguage.Node, _ wanted: Bool) -> RulesLanguage.Node {
        switch node.kind {
        case .constant(let value): return RulesLanguage.Node(.constant(value == wanted), type: .bool, span: node.span)
        case .not(let inner): return certain(inner, !wanted)
        case .combining(.and, let parts):
            return .combining(wanted ? .and : .or, parts.map { certain($0, wanted) }, span: node.span)
        case .combining(.or, let parts):
            return .combining(wanted ? .or : .and, parts.map { certain($0, wanted) }, span: node.span)
        default:
            // A comparison, or a combination by xor, which is certain when all of its fields are known.
            let fields = contentFields(of: node)
            let isCombination = if case .combining = node.kind { true } else { false }
            let asked = wanted && !isCombination ? fields.subtracting(verdicts) : fields
            let guards = known(asked, of: fields, at: node.span)
            let part = wanted ? node : RulesLanguage.Node(.not(node), type: .bool, span: node.span)
            return guards.isEmpty ? part : .combining(.and, guards + [part], span: node.span)
        }
    }

    /// Questions that are true only when the fields are known.
    ///
    /// - Parameter all: all fields of the content that are asked for.
    private static func known(
        _ fields: Set<FieldID>, of all: Set<FieldID>, at span: ByteSpan
    ) -> [RulesLanguage.Node] {
        func test(_ id: FieldID, _ type: ValueType, _ comparison: Comparison) -> RulesLanguage.Node {
            RulesLanguage.Node(
                .test(RulesLanguage.Node(.field(id), type: type, span: span), comparison), type: .bool, span: span)
        }
        // Headers are known only of a content that is known.
        let whole: FieldID = all.isDisjoint(with: headers) ? .mailContentKnown : .mailHeadersKnown
        let content = all.isEmpty ? [] : [test(whole, .bool, .isTrue)]
        return content
            + fields.intersection(verdicts).sorted().map { test($0, .bytes, .ordering(.notEqual, .bytes([]))) }
    }
}
