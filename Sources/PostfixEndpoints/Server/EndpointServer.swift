package import EdgeModel
internal import Glibc
package import Logging
internal import MailRouting
internal import NIOCore
internal import NIOPosix
package import PostfixProtocol

/// What Postfix asks while it takes mail, on three unix sockets of one folder: `map` (socketmap), `policy` and `milter`.
package final class EndpointServer: Sendable {
    /// Names of the sockets in their folder.
    package enum Socket: String, CaseIterable, Sendable { case map, policy, milter }

    package struct Failure: Error, CustomStringConvertible, Sendable {
        package let place: String
        package let message: String
        package let remedy: String
        package var description: String { "\(place): \(message)" }
    }

    private let folder: String
    private let group: MultiThreadedEventLoopGroup
    private let desks: [(loop: any EventLoop, desk: LoopDesk)]
    private let channels: [any Channel]

    /// Listens; everything is answered by `desk` until another is given.
    ///
    /// - Parameters:
    ///   - folder: made when it is missing; the group `postfix` and nobody else gets in.
    ///   - threads: event loops. One answers 20,000 questions a second, and a message asks seven: more of them only wake
    ///     each other on a machine that a Postfix of two thousand messages a second does not fill.
    /// - Throws: ``Failure``.
    package init(
        folder: String, desk: RoutingDesk, memory: DecisionMemory, runner: WorkerRunner, threads: Int = 1,
        now: @escaping @Sendable () -> Timestamp, log: Logger
    ) async throws {
        self.folder = folder
        let owner = try Self.prepare(folder)
        group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        var desks: [(loop: any EventLoop, desk: LoopDesk)] = []
        for loop in group.makeIterator() {
            desks.append((loop, LoopDesk.makeBoxSendingValue(desk, eventLoop: loop)))
        }
        self.desks = desks
        let byLoop = Dictionary(uniqueKeysWithValues: desks.map { (ObjectIdentifier($0.loop), $0.desk) })
        let ask: @Sendable (Set<MailAddress>) -> MilterJudge.Ask = { verified in
            { worker, request in
                let start = ContinuousClock.now
                let result: Result<WorkerVerdict, WorkerError>
                do throws(WorkerError) {
                    result = .success(try await runner.verdict(of: worker, on: request, verified: verified))
                } catch {
                    log.warning("worker failed: \(error.message)", metadata: ["worker": "\(worker.name)"])
                    result = .failure(error)
                }
                return (result, Int((ContinuousClock.now - start) / .milliseconds(1)))
            }
        }
        var channels: [any Channel] = []
        for socket in Socket.allCases {
            let path = "\(folder)/\(socket.rawValue)"
            do {
                unlink(path)
                let channel = try await ServerBootstrap(group: group)
                    .serverChannelOption(.backlog, value: 1024)
                    .childChannelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            guard let desk = byLoop[ObjectIdentifier(channel.eventLoop)] else { return }
                            let handlers = channel.pipeline.syncOperations
                            switch socket {
                            case .map: try handlers.addHandler(MapHandler(desk: desk, now: now))
                            case .policy: try handlers.addHandler(PolicyHandler(desk: desk, now: now))
                            case .milter:
                                try handlers.addHandler(MilterHandler(desk: desk, now: now, memory: memory, ask: ask))
                            }
                        }
                    }
                    .bind(unixDomainSocketPath: path).get()
                channels.append(channel)
                if let owner { chown(path, uid_t.max, owner) }
                chmod(path, 0o660)
            } catch {
                throw Failure(
                    place: path, message: "cannot listen there: \(error)",
                    remedy: "choose a folder with a path of less than 100 characters that this user may write to")
            }
        }
        self.channels = channels
    }

    /// Answers by another plan from now on.
    package func use(_ desk: RoutingDesk) {
        for (loop, box) in desks { loop.execute { box.value = desk } }
    }

    /// Takes no more connections; those that are open end with the process, and Postfix asks again elsewhere or later.
    package func stop() async {
        for channel in channels { try? await channel.close() }
        for socket in Socket.allCases { unlink("\(folder)/\(socket.rawValue)") }
        try? await group.shutdownGracefully()
    }

    /// - Returns: the group that Postfix's processes have; nil where there is none.
    private static func prepare(_ folder: String) throws -> gid_t? {
        if mkdir(folder, 0o750) != 0, errno != EEXIST {
            throw Failure(
                place: folder, message: "the folder cannot be made: \(String(cString: strerror(errno)))",
                remedy: "its parent must exist and be writable; usually it is Postfix's queue directory")
        }
        guard let group = getgrnam("postfix")?.pointee.gr_gid else { return nil }
        if chown(folder, uid_t.max, group) != 0 {
            var info = Glibc.stat()
            guard stat(folder, &info) == 0, info.st_gid == group else {
                throw Failure(
                    place: folder, message: "it cannot be given to the group postfix",
                    remedy:
                        "run as root or as a member of that group, or make the folder beforehand: install -d -g postfix -m 2770"
                )
            }
            return group
        }
        chmod(folder, 0o2770)
        return group
    }
}
