internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import Glibc
internal import MailRouting
internal import PostfixEndpoints

extension EmailWorkerVerb {
    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new", abstract: "Make a worker, from a starter or from scratch.",
            discussion: Examples.text(
                "signalbox email worker new --starter blocklist",
                "signalbox email worker new screen --starter blocklist --forward ops@example.net",
                "signalbox email worker new hook --webhook https://hooks.example/mail --secret env:HOOK_KEY",
                before: "Starters: "
                    + WorkerStarter.allCases.map { "\($0.rawValue) \($0.summary)" }.joined(separator: "; ") + "."))

        @Argument(help: "Name of the worker; without it that of the starter.") var name: String?
        @Option(help: ArgumentHelp("Begin with this program.", valueName: "starter")) var starter: String?
        @Option(
            help: ArgumentHelp(
                "Where mail goes that the starter does not refuse; without it to the one verified destination there is.",
                valueName: "address"))
        var forward: String?
        @Option(
            help: ArgumentHelp(
                "Where the starter's program is written (default: beside the state).", valueName: "file"),
            completion: .file())
        var script: String?
        @OptionGroup var traits: Traits
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func validate() throws {
            if name == nil, starter == nil { throw ValidationError("Give a name, or --starter.") }
        }

        func run() throws {
            let session = try Session(global)
            let name = try EmailWorkerVerb.name(name ?? starter ?? "")
            let control = try session.mail(.writing)
            guard try !control.workers().contains(where: { $0.name == name }) else {
                throw ErrorReport(
                    .exists, at: "email worker \(name)", "the worker is here already",
                    remedy: "signalbox email worker edit \(name)")
            }
            var worker = MailWorker(
                name: name, target: .program(path: "", arguments: []), timeLimit: 10_000, onFailure: .defer,
                description: "", createdAt: session.output.now, updatedAt: session.output.now, author: "")
            if let starter { worker.target = try write(starter, name, session, control) }
            try traits.apply(to: &worker)
            if case .program(let path, _) = worker.target, path.isEmpty {
                throw ValidationError("Give --starter, --program or --webhook.")
            }
            let made = try control.putWorker(worker)
            ServerSocket.tellPublished(statePath: session.statePath)
            var findings = try control.findings(of: made)
            if starter != nil, let forward {
                findings += try control.findings(ofChoice: MailNames.address(forward), by: name)
            }
            session.tell(findings)
            session.output.done(
                name.rawValue, EmailWorkerVerb.document(made),
                "worker \(name.rawValue) made: \(EmailWorkerVerb.target(made))")
            // What a starter refuses or tags stands in its first lines.
            let next = "signalbox email worker " + (starter == nil ? "test \(name) FILE.eml" : "edit \(name)")
            session.output.hint("Next: \(session.onThisState(NextCommand.mending(findings) ?? next))")
        }

        private func write(
            _ text: String, _ name: ResourceName, _ session: Session, _ control: MailControl
        ) throws -> MailWorker.Target {
            guard let starter = WorkerStarter(rawValue: text) else {
                throw ErrorReport(
                    .usage, at: "--starter \(text)", "there is no such starter",
                    remedy: "one of " + WorkerStarter.allCases.map(\.rawValue).joined(separator: ", "))
            }
            let address = try forward.map(MailNames.address) ?? onlyDestination(control)
            guard address.description.utf8.allSatisfy({ $0 != 0x27 && $0 != 0x22 && $0 != 0x5C && $0 != 0x25 }) else {
                throw ErrorReport(
                    .usage, at: "--forward \(address)", "a starter takes no address with quotes or percent signs",
                    remedy: "write a program of your own")
            }
            let folder = session.statePath + ".workers"
            let path =
                try script
                ?? { () throws -> String in
                    if mkdir(folder, 0o700) != 0, errno != EEXIST {
                        throw ErrorReport(
                            .unavailable, at: folder, "the folder cannot be made", remedy: "use --script FILE")
                    }
                    return "\(folder)/\(name)"
                }()
            guard access(path, F_OK) != 0 else {
                throw ErrorReport(
                    .exists, at: path, "there is a file already", remedy: "move it away, or use --script FILE")
            }
            try TextFile.write(starter.script(forwardingTo: address.description), to: path, mode: 0o700)
            return .program(path: realPath(path), arguments: [])
        }

        private func realPath(_ path: String) -> String {
            guard let found = realpath(path, nil) else { return path }
            defer { free(found) }
            return String(cString: found)
        }

        private func onlyDestination(_ control: MailControl) throws -> MailAddress {
            let verified = try control.destinations().map(\.destination).filter(\.isVerified).map(\.address)
            guard let only = verified.first, verified.count == 1 else {
                throw ErrorReport(
                    .usage, at: "--forward",
                    verified.isEmpty
                        ? "a starter forwards mail, and no destination is verified"
                        : "a starter forwards mail, and there are \(verified.count) destinations",
                    remedy: verified.isEmpty
                        ? "signalbox email destination add ops@example.net" : "name one: --forward \(verified[0])")
            }
            return only
        }
    }
}
