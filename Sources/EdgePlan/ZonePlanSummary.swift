package import RulesLanguage

/// What verification found out about a payload.
package struct ZonePlanSummary {
    package let view: ZonePlanView
    /// For each program in order what it reads and how many patterns it has.
    package let programs: [ProgramSummary]
    /// Fields that selectors and request rules read.
    package let requestFields: FieldSet
    /// Fields that response rules read.
    package let responseFields: FieldSet
    /// Patterns of all programs together.
    package let regexCount: Int
}

extension ZonePlanView {
    /// The same view over an equal copy of the payload that lies elsewhere.
    package func moved(to copy: UnsafeRawBufferPointer) -> ZonePlanView {
        copy.baseAddress.map { ZonePlanView(unchecked: $0) } ?? self
    }

    /// What people call each configuration: `shop@2`, or account and id (`777:123`) for a zone's own.
    package func labels() -> [[UInt8]] {
        (0..<configurationCount).map { index in
            let row = configuration(index)
            guard let application = row.application else { return Array("\(account):\(row.id)".utf8) }
            return Array(application) + Array("@\(row.version ?? 0)".utf8)
        }
    }
}
