import DocumentText
import EdgeModel

/// YAML or JSON: read to a value that is written and read again, or refused with findings that point into the text.
enum DocumentFuzz {
    static func run(_ bytes: [UInt8]) {
        do throws(DocumentTextError) {
            check(try DocumentText.read(bytes: bytes).value)
        } catch {
            let lines = bytes.count { $0 == 0x0A } + 1
            hold((1...21).contains(error.findings.count), "1 to 21 findings, there are \(error.findings.count)")
            for finding in error.findings {
                let line = finding.line ?? 0
                hold((1...lines).contains(line) && (finding.column ?? 0) > 0, "a place of \(lines) lines: \(finding)")
                let excerpt = finding.excerpt ?? ""
                hold(excerpt.unicodeScalars.count < 250, "an excerpt is short: \(finding)")
                let isSafe = (finding.message + excerpt).unicodeScalars.allSatisfy { scalar in
                    scalar == "\n" || scalar.value >= 0x20 && !(0x7f..<0xa0).contains(scalar.value)
                }
                hold(isSafe, "a finding is shown without control characters: \(finding)")
            }
        }
    }

    private static func check(_ value: DocumentValue) {
        let yaml = DocumentText.yaml(value)
        hold((try? DocumentText.read(yaml).value) == value, "written YAML reads as the value: \(yaml)")
        for json in [DocumentValue.array([value]).json(), DocumentValue.array([value]).json(pretty: true)] {
            hold((try? DocumentText.read(json).value) == .array([value]), "written JSON reads as the value: \(json)")
        }
    }
}
