internal import EdgeModel
internal import Glibc
internal import Synchronization

/// The server's end of connections that watch: each is told what is live at once, and again when it says something else.
///
/// One thread writes to all of them as they take it. Who takes nothing for a while, a console that is stopped, gets the
/// newest line later and not all that it missed, and holds up nobody.
final class WatchFeed: Sendable {
    private struct Client {
        /// Being written; the rest of a line.
        var outgoing: ArraySlice<UInt8> = []
        var waiting: FeedLine?

        mutating func answer() {
            var line = waiting ?? FeedLine()
            line.alive = true
            waiting = line
        }
    }

    private struct State {
        var clients: [Int32: Client] = [:]
        var said: LivePicture?
        var mutation: Int?
        var isEnded = false
    }

    /// More watch nobody: descriptors are for nodes, too.
    private static let most = 100

    private let state = Mutex(State())
    private let bell: (read: Int32, write: Int32)

    init() throws {
        guard let ends = ClosedOnExec.pipe() else {
            throw ErrorReport(.io, at: "pipe", "there are no descriptors left", remedy: "raise the limit: ulimit -n")
        }
        for end in [ends.read, ends.write] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        bell = ends
    }

    deinit {
        close(bell.read)
        close(bell.write)
    }

    var isWatched: Bool { state.withLock { !$0.clients.isEmpty } }

    func start() { OwnThread.start { [self] in run() } }

    func stop() {
        state.withLock { $0.isEnded = true }
        ring()
    }

    /// Takes a connection over, to close it when it is left. The next picture is told whatever was said before.
    func add(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        let isTaken = state.withLock { state in
            guard !state.isEnded, state.clients.count < Self.most else { return false }
            state.clients[descriptor] = Client(waiting: FeedLine(state: state.mutation, alive: true))
            state.said = nil
            return true
        }
        if isTaken { ring() } else { close(descriptor) }
    }

    /// Tells it to all unless it says what was said last.
    func tell(_ live: LivePicture) {
        let said = live.saying
        tell { state in
            guard state.said != said else { return nil }
            state.said = said
            return FeedLine(live: live)
        }
    }

    func tell(mutation: Int) {
        tell { state in
            guard state.mutation != mutation else { return nil }
            state.mutation = mutation
            return FeedLine(state: mutation)
        }
    }

    private func tell(_ line: (inout State) -> FeedLine?) {
        let isNew = state.withLock { state in
            guard let line = line(&state) else { return false }
            for descriptor in state.clients.keys {
                var next = state.clients[descriptor]?.waiting ?? FeedLine()
                next.live = line.live ?? next.live
                next.state = line.state ?? next.state
                state.clients[descriptor]?.waiting = next
            }
            return !state.clients.isEmpty
        }
        if isNew { ring() }
    }

    private func ring() {
        var byte: UInt8 = 0
        _ = Glibc.write(bell.write, &byte, 1)
    }

    // MARK: the thread

    private func run() {
        while true {
            let (isEnded, interests) = state.withLock { state in
                (
                    state.isEnded,
                    state.clients.map { descriptor, client in
                        let wants = POLLIN | (client.outgoing.isEmpty && client.waiting == nil ? 0 : POLLOUT)
                        return pollfd(fd: descriptor, events: Int16(wants), revents: 0)
                    }
                )
            }
            if isEnded { break }
            var waiting = [pollfd(fd: bell.read, events: Int16(POLLIN), revents: 0)] + interests
            guard poll(&waiting, nfds_t(waiting.count), -1) >= 0 else { continue }
            var bytes = [UInt8](repeating: 0, count: 256)
            if waiting[0].revents != 0 { _ = read(bell.read, &bytes, bytes.count) }
            for one in waiting.dropFirst() where one.revents != 0 { serve(one) }
        }
        let left = state.withLock { state in
            defer { state.clients = [:] }
            return Array(state.clients.keys)
        }
        for descriptor in left { close(descriptor) }
    }

    private func serve(_ client: pollfd) {
        if client.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 {
            var bytes = [UInt8](repeating: 0, count: 256)
            let count = recv(client.fd, &bytes, bytes.count, 0)
            if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { return leave(client.fd) }
            // Whatever is asked there, the answer is that somebody is there.
            if count > 0 { state.withLock { $0.clients[client.fd]?.answer() } }
        }
        if client.revents & Int16(POLLOUT) != 0, !write(to: client.fd) { leave(client.fd) }
    }

    /// False when nobody is there any more.
    private func write(to descriptor: Int32) -> Bool {
        let outgoing = state.withLock { state -> ArraySlice<UInt8> in
            guard var client = state.clients[descriptor] else { return [] }
            if client.outgoing.isEmpty, let line = client.waiting {
                client.outgoing = line.bytes[...]
                client.waiting = nil
                state.clients[descriptor] = client
            }
            return client.outgoing
        }
        guard !outgoing.isEmpty else { return true }
        let count = outgoing.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count < 0 { return errno == EAGAIN || errno == EINTR }
        state.withLock { $0.clients[descriptor]?.outgoing = outgoing.dropFirst(count) }
        return true
    }

    private func leave(_ descriptor: Int32) {
        state.withLock { $0.clients[descriptor] = nil }
        close(descriptor)
    }
}
