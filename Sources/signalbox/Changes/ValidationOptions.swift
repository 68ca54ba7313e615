internal import ArgumentParser
internal import EdgeModel
internal import XDSServer

/// Which Envoy and module judge a plan before it is committed.
struct ValidationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Envoy that checks the plan first (default: $SIGNALBOX_ENVOY, else envoy).", valueName: "path"),
        completion: .file())
    var envoy: String?
    @Option(
        help: ArgumentHelp(
            "Edge module for it (default: $SIGNALBOX_MODULE, else the installed one).", valueName: "path"),
        completion: .file())
    var module: String?

    /// Where no Envoy is named the check says that it did not run: the binary need not be where an operator works.
    /// - Parameter pause: how it waits for Envoy.
    func checks(
        _ session: Session, pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    ) -> [any PlanCheck] {
        let module = module ?? session.environment.module
        let named = envoy ?? session.environment["SIGNALBOX_ENVOY"]
        // One that merely is in the PATH can judge a plan only with the module.
        let program = named ?? (module == nil ? nil : session.environment.envoy())
        return [EnvoyValidateCheck(envoy: program, modules: module.map { TextFile.parent(of: $0) }, pause: pause)]
    }

    /// For a server: only when an Envoy is named for it, since each look takes a processor's time from serving.
    func serverChecks(_ session: Session) -> [any PlanCheck] { envoy == nil ? [] : checks(session) }
}
