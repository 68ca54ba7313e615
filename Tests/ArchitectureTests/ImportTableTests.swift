import Foundation
import TestKit
import Testing

/// The walls between targets, as data: what each may import. A target that is not listed may import nothing.
private let allowed: [String: Set<String>] = [
    "RulesLanguage": ["CRE2", "Synchronization"],
    "RulesReasoning": ["RulesLanguage"],
    "WebTransport": [],
    "TerminalUI": ["Synchronization"],
    "EdgePlan": ["RulesLanguage"],
    "EdgeEngine": ["EdgePlan", "RulesLanguage", "Synchronization"],
    "EdgeModule": ["CEnvoyModule", "EdgeEngine", "EdgePlan", "Glibc", "RulesLanguage", "Synchronization"],
    "EdgeModel": ["Crypto", "EdgePlan", "RulesLanguage"],
    "RulesLint": ["EdgeModel", "EdgePlan", "RulesLanguage", "RulesReasoning"],
    "Probes": ["Crypto", "WebTransport"],
    "MailRouting": ["EdgeModel", "EdgePlan", "RulesLanguage"],
    "CloudflareImport": ["EdgeModel", "EdgePlan", "RulesLanguage"],
    "ControlPlane": [
        "EdgeEngine", "EdgeModel", "EdgePlan", "FoundationEssentials", "ImageSourcing", "MailRouting", "RulesLanguage",
        "RulesLint",
    ],
    "ImageSourcing": ["Synchronization"],
    "EnvoyConfig": ["Crypto", "EdgePlan", "FoundationEssentials"],
    "FleetProtocol": ["EdgeModel", "EdgePlan", "EnvoyConfig", "FoundationEssentials"],
    "PostfixProtocol": ["Crypto", "EdgeModel", "FoundationEssentials", "MailRouting", "NIOCore", "RulesLanguage"],
    "Certificates": ["EdgeModel", "EdgePlan", "Foundation", "Glibc", "SwiftASN1", "X509"],
    "DocumentText": ["CYaml", "EdgeModel"],
    "InterfaceText": ["TerminalUI"],
    "ImageFolders": ["Glibc", "ImageSourcing", "Synchronization"],
    "LedgerSQLite": ["GRDBSQLite", "ImageSourcing", "Synchronization"],
    "StoreSQLite": [
        "EdgeModel", "EdgePlan", "FoundationEssentials", "GRDB", "GRDBSQLite", "Glibc", "MailRouting",
        "Synchronization",
    ],
    "Console": [
        "ControlPlane", "EdgeModel", "EdgePlan", "ImageSourcing", "MailRouting", "RulesLanguage", "TerminalUI",
    ],
    "OrderlyServer": ["Hummingbird", "Logging", "ServiceLifecycle"],
    "CursesTerminal": ["CTerminal", "Glibc", "Synchronization", "TerminalUI"],
    "CurlTransport": ["CCurl", "Glibc", "Synchronization", "WebTransport"],
    "ObjectStorage": ["Crypto", "FoundationEssentials", "ImageSourcing", "Synchronization", "WebTransport"],
    "XDSServer": [
        "EdgeModel", "EdgePlan", "EnvoyConfig", "FleetProtocol", "FoundationEssentials", "Glibc", "HTTPTypes",
        "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "Logging", "NIOCore", "OrderlyServer", "Synchronization",
    ],
    "PostfixEndpoints": [
        "EdgeModel", "Glibc", "Logging", "MailRouting", "NIOCore", "NIOPosix", "PostfixProtocol", "Synchronization",
        "WebTransport",
    ],
    "NodeAgent": [
        "Crypto", "Dispatch", "EdgeModel", "EdgePlan", "EnvoyConfig", "Foundation", "FoundationEssentials", "Glibc",
        "Hummingbird", "Logging", "NIOCore", "OrderlyServer", "Synchronization", "WebTransport",
    ],
]

/// Targets that run inside Envoy.
private let insideEnvoy = ["RulesLanguage", "EdgePlan", "EdgeEngine", "EdgeModule"]

@Suite("Import walls")
struct ImportTableTests {
    private static let sources = Checkout.root + "/Sources"

    private static func imports(of target: String) throws -> [(file: String, module: String)] {
        let folder = sources + "/" + target
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return try files.filter { $0.hasSuffix(".swift") }.flatMap { file -> [(String, String)] in
            let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
            return text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ").map(String.init)
                guard let index = words.firstIndex(of: "import"), index <= 2, !line.hasPrefix(" "),
                    !line.hasPrefix("//")
                else { return nil }
                let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "typealias", "let", "var"]
                let rest = words.dropFirst(index + 1)
                let name = rest.first.map { kinds.contains($0) ? rest.dropFirst().first ?? "" : $0 } ?? ""
                return ("\(target)/\(file)", String(name.split(separator: ".").first ?? ""))
            }
        }
    }

    private static func targets() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: sources).filter { !$0.hasPrefix(".") }.sorted()
    }

    @Test func everyImportIsAllowed() throws {
        for target in try Self.targets() where target != "signalbox" {
            for (file, module) in try Self.imports(of: target) {
                #expect(allowed[target]?.contains(module) == true, "\(file) imports \(module)")
            }
        }
    }

    @Test func whatRunsInsideEnvoyKnowsNoFoundation() throws {
        for target in insideEnvoy {
            for (file, module) in try Self.imports(of: target) { #expect(!module.hasPrefix("Foundation"), "\(file)") }
        }
    }

    /// Every row is needed: a target that is gone leaves the table too.
    @Test func theTableNamesOnlyTargetsThatExist() throws {
        let targets = Set(try Self.targets())
        for target in allowed.keys { #expect(targets.contains(target), "\(target)") }
    }

    /// ncurses is a corner of its own: its macros, globals and types reach no Swift.
    @Test func onlyOneTargetIncludesNcurses() throws {
        for target in try Self.targets() {
            let folder = Self.sources + "/" + target
            let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
            for file in files where [".c", ".cpp", ".h", ".modulemap", ".swift"].contains(where: file.hasSuffix) {
                let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
                let includes = text.split(separator: "\n").contains { line in
                    line.hasPrefix("#include") && ["curses.h", "<term.h>"].contains { line.contains($0) }
                }
                #expect(!includes || (target == "CTerminal" && !file.hasPrefix("include/")), "\(target)/\(file)")
            }
        }
    }

    @Test func onlyTheRootNamesAdapters() throws {
        let adapters: Set<String> = [
            "StoreSQLite", "XDSServer", "CurlTransport", "NodeAgent", "DocumentText", "InterfaceText", "Certificates",
            "CursesTerminal", "ImageFolders", "LedgerSQLite", "ObjectStorage", "PostfixEndpoints",
        ]
        for target in try Self.targets() where target != "signalbox" {
            for (file, module) in try Self.imports(of: target) {
                #expect(!adapters.contains(module), "\(file) imports \(module)")
            }
        }
    }
}
