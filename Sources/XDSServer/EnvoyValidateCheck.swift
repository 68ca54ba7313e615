package import EdgeModel
package import EdgePlan
package import EnvoyConfig
internal import FleetProtocol
internal import FoundationEssentials

/// Shows a plan to `envoy --mode validate` before it is published: whatever Envoy or the module would refuse on a
/// node, it refuses here, in words.
package struct EnvoyValidateCheck: PlanCheck {
    package let name = "validate"

    private let envoy: String?
    private let modules: String?
    private let renderer: EnvoyRenderer
    private let limit: Duration
    private let pause: @Sendable (Duration) async -> Void
    private let encode: @Sendable (ZonePlan) throws -> [UInt8]

    /// - Parameters:
    ///   - envoy: path of the program; nil: none is at hand.
    ///   - modules: folder with the module library; nil: as the environment says.
    ///   - limit: how long Envoy may take; a slow machine is no reason to block a promotion, so it becomes a warning.
    ///   - pause: sleeps, for programs that keep away from Swift's own timers.
    package init(
        envoy: String?, modules: String?, renderer: EnvoyRenderer = EnvoyRenderer(), limit: Duration = .seconds(20),
        encode: @escaping @Sendable (ZonePlan) throws -> [UInt8] = { EnvoyRenderer.envelope($0) },
        pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    ) {
        self.envoy = envoy
        self.modules = modules
        self.renderer = renderer
        self.limit = limit
        self.encode = encode
        self.pause = pause
    }

    package func findings(for plan: EdgePlan) async -> [Finding] {
        guard let envoy else {
            return [
                Finding(
                    .info, "validate-skipped", at: "edge", "Envoy is not at hand, so it was not asked about this plan",
                    remedy: "name its path in SIGNALBOX_ENVOY to have plans checked before they are published")
            ]
        }
        do {
            let set = try renderer.render(plan, encode: encode)
            return try await judge(try renderer.validationFile(set), by: envoy)
        } catch let failure as ProgramRun.Failure {
            return [
                Finding(
                    .warning, "validate-failed", at: envoy, "Envoy could not be started (error \(failure.code))",
                    remedy: "check that the file is there and may be executed")
            ]
        } catch {
            return [
                Finding(
                    .error, "not-renderable", at: "edge", LogText.visible("the plan cannot be rendered: \(error)"),
                    remedy: "change what the message names")
            ]
        }
    }

    private func judge(_ file: [UInt8], by envoy: String) async throws -> [Finding] {
        let folder = FileManager.default.temporaryDirectory.path + "/signalbox-validate-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(file).write(to: URL(filePath: folder + "/envoy.json"))
        let command = EnvoyCommand(executable: envoy, configuration: folder + "/envoy.json", modules: modules)
        let outcome = try await ProgramRun.run(
            envoy, command.validateArguments, environment: command.environment, output: folder + "/output",
            within: limit, pause: pause)
        switch outcome.status {
        case 0?:
            return []
        case nil:
            return [
                Finding(
                    .warning, "validate-failed", at: "edge", "Envoy took longer than \(limit) to judge the plan",
                    remedy: "try again when the machine is less busy")
            ]
        case let status?:
            let cause = EnvoyComplaint.cause(in: outcome.output)
            return [
                Finding(
                    .error, "refused-by-envoy", at: "edge",
                    cause.map { "Envoy would refuse this plan: \($0)" }
                        ?? "Envoy would refuse this plan and ended with status \(status) without a reason",
                    remedy: "change what the message names; nodes would keep what they serve now")
            ]
        }
    }
}
