// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours is built with the same language rules; warnings are errors in our code only.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "signalbox",
    products: [
        .executable(name: "signalbox", targets: ["signalbox"]),
        .library(name: "signalbox_edge", type: .dynamic, targets: ["EdgeModule"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.33.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // MARK: languages and values
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
        .target(name: "RulesLanguage", dependencies: ["CRE2"], swiftSettings: house),
        .target(name: "RulesReasoning", dependencies: ["RulesLanguage"], swiftSettings: house),
        .target(name: "WebTransport", swiftSettings: house),
        .target(name: "TerminalUI", swiftSettings: house),

        // MARK: the resolved picture and what runs inside Envoy
        .target(name: "EdgePlan", dependencies: ["RulesLanguage"], swiftSettings: house),
        .target(name: "EdgeEngine", dependencies: ["EdgePlan", "RulesLanguage"], swiftSettings: house),
        .target(name: "CEnvoyModule"),
        .target(
            name: "EdgeModule", dependencies: ["CEnvoyModule", "EdgeEngine", "EdgePlan", "RulesLanguage"],
            exclude: ["exports.map"], swiftSettings: house,
            // Self-contained: Swift's runtime, RE2 and the C++ library are linked in, only Envoy's hooks are visible.
            linkerSettings: [
                .unsafeFlags([
                    "-static-stdlib", "-L\(Context.packageDirectory)/.tools/static", "-Xclang-linker", "-static-libgcc",
                    "-Xlinker", "--version-script=\(Context.packageDirectory)/Sources/EdgeModule/exports.map",
                    "-lre2", "-lstdc++",
                ])
            ]),

        // MARK: domain
        .target(name: "EdgeModel", dependencies: ["EdgePlan", "RulesLanguage", crypto], swiftSettings: house),
        .target(
            name: "RulesLint", dependencies: ["EdgeModel", "EdgePlan", "RulesLanguage", "RulesReasoning"],
            swiftSettings: house),
        .target(name: "Probes", dependencies: ["WebTransport", crypto], swiftSettings: house),
        .target(
            name: "MailRouting", dependencies: ["EdgeModel", "EdgePlan", "RulesLanguage"], swiftSettings: house),
        .target(
            name: "CloudflareImport", dependencies: ["EdgeModel", "EdgePlan", "RulesLanguage"], swiftSettings: house),

        .target(name: "ImageSourcing", swiftSettings: house),

        // MARK: protocols: what strangers say, read and decided upon without a connection
        // What Envoys ask and nodes report.
        .target(name: "FleetProtocol", dependencies: ["EdgeModel", "EdgePlan", "EnvoyConfig"], swiftSettings: house),
        // What Postfix asks while it takes mail, and what its log tells.
        .target(
            name: "PostfixProtocol", dependencies: ["EdgeModel", "MailRouting", "RulesLanguage", crypto, nioCore],
            swiftSettings: house),

        // MARK: operations
        .target(
            name: "ControlPlane",
            dependencies: [
                "EdgeEngine", "EdgeModel", "EdgePlan", "ImageSourcing", "MailRouting", "RulesLanguage", "RulesLint",
            ],
            swiftSettings: house),
        .target(name: "EnvoyConfig", dependencies: ["EdgePlan", crypto], swiftSettings: house),

        // MARK: adapters
        .target(name: "Certificates", dependencies: ["EdgeModel", "EdgePlan", asn1, x509], swiftSettings: house),
        .target(name: "DocumentText", dependencies: ["EdgeModel", yams], swiftSettings: house),
        .target(name: "ImageFolders", dependencies: ["ImageSourcing"], swiftSettings: house),
        .target(name: "InterfaceText", dependencies: ["TerminalUI"], swiftSettings: house),
        .target(name: "LedgerSQLite", dependencies: ["ImageSourcing", grdbSQLite], swiftSettings: house),
        .target(
            name: "StoreSQLite", dependencies: ["EdgeModel", "EdgePlan", "MailRouting", grdb, grdbSQLite],
            swiftSettings: house),
        // Loads libcurl itself, when the first request is sent.
        .target(name: "CCurl"),
        .target(name: "CurlTransport", dependencies: ["CCurl", "WebTransport"], swiftSettings: house),
        .target(
            name: "ObjectStorage", dependencies: ["ImageSourcing", "WebTransport", crypto], swiftSettings: house),
        // ncurses is used here and nowhere else; no type of it leaves CTerminal.
        .target(name: "CTerminal", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .target(name: "CursesTerminal", dependencies: ["CTerminal", "TerminalUI"], swiftSettings: house),
        .target(
            name: "OrderlyServer", dependencies: [hummingbird, logging, serviceLifecycle], swiftSettings: house),
        // The sockets that Postfix asks, and the follower of its log.
        .target(
            name: "PostfixEndpoints",
            dependencies: [
                "EdgeModel", "MailRouting", "PostfixProtocol", "WebTransport", logging, nioCore, nioPosix,
            ],
            swiftSettings: house),
        .target(
            name: "XDSServer",
            dependencies: [
                "EdgeModel", "EdgePlan", "EnvoyConfig", "FleetProtocol", "OrderlyServer", httpTypes, hummingbird,
                hummingbirdCore, hummingbirdTLS, logging, nioCore,
            ],
            swiftSettings: house),
        .target(
            name: "NodeAgent",
            dependencies: [
                "EdgeModel", "EdgePlan", "EnvoyConfig", "OrderlyServer", "WebTransport", crypto, hummingbird, logging,
                nioCore,
            ],
            swiftSettings: house),

        // MARK: faces
        .target(
            name: "Console",
            dependencies: [
                "ControlPlane", "EdgeModel", "EdgePlan", "ImageSourcing", "MailRouting", "RulesLanguage", "TerminalUI",
            ],
            swiftSettings: house),

        // MARK: root
        .executableTarget(
            name: "signalbox",
            dependencies: [
                "Certificates", "CloudflareImport", "Console", "ControlPlane", "CurlTransport", "CursesTerminal",
                "DocumentText", "EdgeEngine", "EdgeModel", "EdgePlan", "EnvoyConfig", "FleetProtocol", "ImageFolders",
                "ImageSourcing", "InterfaceText", "LedgerSQLite", "MailRouting", "NodeAgent", "ObjectStorage",
                "PostfixEndpoints", "PostfixProtocol", "Probes", "RulesLanguage", "RulesLint", "RulesReasoning",
                "StoreSQLite", "TerminalUI", "WebTransport", "XDSServer", argumentParser, logging,
            ],
            swiftSettings: house,
            // A third of the cold start is finding and relocating shared libraries of the Swift runtime.
            linkerSettings: [
                .unsafeFlags(
                    [
                        "-static-stdlib", "-lCoreFoundation", "-l_FoundationCShims", "-l_FoundationCollections",
                        "-l_FoundationICU",
                    ],
                    .when(configuration: .release))
            ]),

        // MARK: what tests, demo and benchmarks run on
        .target(
            name: "TestKit", path: "Tests/TestKit",
            exclude: ["fault_proxy.py", "webhook_server.py", "wirefilter_peer.py"], swiftSettings: house),
        .target(
            name: "StoreContract", dependencies: ["EdgeModel", "EdgePlan", "MailRouting"], path: "Tests/StoreContract",
            swiftSettings: house),
        .executableTarget(
            name: "StoreWorker", dependencies: ["EdgeModel", "EdgePlan", "StoreContract", "StoreSQLite"],
            path: "Tests/StoreWorker", swiftSettings: house),
        .executableTarget(
            name: "imagemover",
            dependencies: [
                "CurlTransport", "ImageFolders", "ImageSourcing", "LedgerSQLite", "ObjectStorage", "TestKit",
            ],
            path: "Tests/ImageMover", swiftSettings: house),
        .executableTarget(
            name: "TerminalProbe", dependencies: ["CursesTerminal", "TerminalUI"], path: "Tests/TerminalProbe",
            swiftSettings: house),
        .executableTarget(
            name: "edgelab", dependencies: ["TestKit", argumentParser, nioCore, nioPosix, nioSSL],
            path: "Tests/EdgeLab",
            swiftSettings: house),

        // What is fuzzed, and how a file of the corpus is run without a fuzzer.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "CloudflareImport", "DocumentText", "EdgeEngine", "EdgeModel", "EdgePlan", "EnvoyConfig",
                "FleetProtocol", "ImageSourcing", "MailRouting", "ObjectStorage", "PostfixProtocol", "Probes",
                "RulesLanguage", "RulesLint", "RulesReasoning", "WebTransport", nioCore,
            ],
            path: "Tests/FuzzTargets", swiftSettings: house),
        .executableTarget(
            name: "fuzzreplay", dependencies: ["FuzzTargets"], path: "Tests/FuzzReplay", swiftSettings: house),

        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "CurlTransport", "DocumentText", "EdgeEngine", "EdgeModel", "EdgePlan", "EnvoyConfig", "ImageSourcing",
                "MailRouting", "ObjectStorage", "PostfixEndpoints", "PostfixProtocol", "RulesLanguage", "RulesLint",
                "StoreSQLite", "TerminalUI", "TestKit", "WebTransport", argumentParser, logging,
            ],
            path: "Tests/Benchmarks", swiftSettings: house),

        // MARK: tests
        .testTarget(name: "ArchitectureTests", dependencies: ["TestKit"], swiftSettings: house),
        .testTarget(
            name: "CertificatesTests", dependencies: ["Certificates", "EdgeModel", "EdgePlan", "TestKit"],
            swiftSettings: house),
        .testTarget(
            name: "CloudflareImportTests",
            dependencies: ["CloudflareImport", "DocumentText", "EdgeModel", "EdgePlan", "RulesLanguage", "TestKit"],
            exclude: ["Fixtures", "Goldens"], swiftSettings: house),
        .testTarget(
            name: "ControlPlaneTests",
            dependencies: [
                "ControlPlane", "EdgeModel", "EdgePlan", "ImageSourcing", "MailRouting", "StoreContract", "TestKit",
            ],
            swiftSettings: house),
        .testTarget(
            name: "CurlTransportTests", dependencies: ["CurlTransport", "Probes", "WebTransport"],
            exclude: ["loopback_server.py"], swiftSettings: house),
        .testTarget(
            name: "CursesTerminalTests",
            dependencies: ["CTerminal", "CursesTerminal", "TerminalProbe", "TerminalUI", "TestKit"],
            swiftSettings: house),
        .testTarget(
            name: "DocumentTextTests", dependencies: ["DocumentText", "EdgeModel", "TestKit"], swiftSettings: house),
        .testTarget(
            name: "EdgeLabTests", dependencies: ["TestKit", "edgelab"], exclude: ["Goldens"], swiftSettings: house),
        .testTarget(
            name: "EdgeEngineTests", dependencies: ["EdgeEngine", "EdgePlan", "RulesLanguage"], swiftSettings: house),
        .testTarget(
            name: "EdgeModuleTests",
            dependencies: ["EdgeEngine", "EdgePlan", "RulesLanguage", "TestKit", "edgelab"], swiftSettings: house),
        .testTarget(
            name: "EdgePlanTests", dependencies: ["EdgeEngine", "EdgePlan", "RulesLanguage", "TestKit"],
            swiftSettings: house),
        .testTarget(
            name: "EdgeModelTests", dependencies: ["EdgeModel", "EdgePlan", "RulesLanguage", "TestKit"],
            swiftSettings: house),
        .testTarget(
            name: "DifferentialTests",
            dependencies: [
                "EdgeEngine", "EdgeModel", "EdgePlan", "EnvoyConfig", "RulesLanguage", "TestKit", "edgelab",
            ],
            swiftSettings: house),
        .testTarget(
            name: "EndToEndTests", dependencies: ["TestKit", "edgelab", "signalbox"], swiftSettings: house),
        .testTarget(
            name: "EnvoyConfigTests", dependencies: ["EdgePlan", "EnvoyConfig", "TestKit"], exclude: ["Goldens"],
            swiftSettings: house),
        .testTarget(
            name: "FleetProtocolTests", dependencies: ["EdgeModel", "EdgePlan", "EnvoyConfig", "FleetProtocol"],
            swiftSettings: house),
        .testTarget(
            name: "FuzzTests", dependencies: ["FuzzTargets", "TestKit", "fuzzreplay"],
            exclude: ["Corpus", "Dictionaries"],
            swiftSettings: house),
        .testTarget(
            name: "ImageSourcingTests", dependencies: ["ImageFolders", "ImageSourcing", "LedgerSQLite", "TestKit"],
            exclude: ["Fixtures"], swiftSettings: house),
        .testTarget(
            name: "MailRoutingTests",
            dependencies: ["DocumentText", "EdgeModel", "EdgePlan", "MailRouting", "RulesLanguage", "TestKit"],
            swiftSettings: house),
        .testTarget(
            name: "NodeAgentTests",
            dependencies: [
                "CurlTransport", "EdgeModel", "EdgePlan", "EnvoyConfig", "NodeAgent", "OrderlyServer", "TestKit",
                "WebTransport",
                httpTypes, hummingbird, logging, nioCore,
            ],
            exclude: ["Goldens"], swiftSettings: house),
        .testTarget(
            name: "ObjectStorageTests",
            dependencies: [
                "CurlTransport", "ImageFolders", "ImageSourcing", "LedgerSQLite", "ObjectStorage", "TestKit",
                "WebTransport", "imagemover",
            ],
            exclude: ["images_api.py"], swiftSettings: house),
        .testTarget(
            name: "PostfixEndpointsTests",
            dependencies: [
                "EdgeModel", "MailRouting", "PostfixEndpoints", "PostfixProtocol", "RulesLanguage", "TestKit",
                "WebTransport", logging, nioCore, nioPosix,
            ],
            swiftSettings: house),
        .testTarget(
            name: "PostfixProtocolTests",
            dependencies: ["EdgeModel", "MailRouting", "PostfixProtocol", "TestKit", nioCore], swiftSettings: house),
        .testTarget(
            name: "ProbesTests", dependencies: ["Probes", "WebTransport"], exclude: ["Goldens"], swiftSettings: house),
        .testTarget(
            name: "RulesLanguageTests", dependencies: ["RulesLanguage", "TestKit"], exclude: ["Goldens"],
            swiftSettings: house),
        .testTarget(
            name: "RulesLintTests",
            dependencies: ["DocumentText", "EdgeModel", "EdgePlan", "RulesLanguage", "RulesLint", "TestKit"],
            swiftSettings: house),
        .testTarget(
            name: "RulesReasoningTests", dependencies: ["RulesLanguage", "RulesReasoning", "TestKit"],
            swiftSettings: house),
        .testTarget(
            name: "SignalboxTests",
            dependencies: [
                "Console", "ControlPlane", "DocumentText", "EdgeEngine", "EdgeModel", "EdgePlan", "MailRouting",
                "RulesLanguage", "StoreSQLite", "TestKit", "signalbox",
                argumentParser,
            ],
            exclude: ["Goldens", "cloudflare_server.py"], swiftSettings: house),
        .testTarget(
            name: "StoreSQLiteTests",
            dependencies: [
                "EdgeModel", "EdgePlan", "MailRouting", "StoreContract", "StoreSQLite", "StoreWorker", "TestKit", grdb,
            ],
            exclude: ["Fixtures"], swiftSettings: house),
        .testTarget(
            name: "ConsoleTests",
            dependencies: [
                "Console", "ControlPlane", "DocumentText", "EdgeModel", "EdgePlan", "ImageSourcing", "MailRouting",
                "StoreContract",
                "TerminalUI", "TestKit",
            ], exclude: ["Goldens"], swiftSettings: house),
        .testTarget(
            name: "TerminalUITests", dependencies: ["InterfaceText", "TerminalUI", "TestKit"], exclude: ["Goldens"],
            swiftSettings: house),
        .testTarget(name: "WebTransportTests", dependencies: ["WebTransport"], swiftSettings: house),
        .testTarget(
            name: "XDSServerTests",
            dependencies: [
                "EdgeModel", "EdgePlan", "EnvoyConfig", "FleetProtocol", "RulesLanguage", "TestKit", "XDSServer",
                logging,
            ],
            swiftSettings: house),
    ]
)

// Coverage-guided fuzzing (`make fuzz`) instruments everything and brings a `main` of its own: a build apart, which
// ordinary builds do not see.
if Context.environment["SIGNALBOX_FUZZ_BUILD"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzzer", dependencies: ["FuzzTargets"], path: "Tests/Fuzzer", swiftSettings: house))
}
