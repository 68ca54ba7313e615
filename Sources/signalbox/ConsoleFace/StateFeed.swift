internal import Console
internal import Glibc

/// What is told of a state and of the edge, to a console that sleeps in between.
///
/// One thread that waits for the kernel: for lines of the server (``FeedLine``), and where none runs, or every write
/// counts, for writes to the state's log. It has no clock that ticks: only what just happened is looked after for some
/// seconds, and a server that was silent for half a minute is asked whether it is there.
final class StateFeed {
    /// With a server that says nothing, in milliseconds.
    struct Patience: Sendable {
        /// Of silence, until it is asked whether it is there.
        var silence: Int64
        /// In which it answers, and says its first word.
        var answer: Int64

        static let usual = Patience(silence: 30_000, answer: 3_000)
    }

    /// Ends when nobody reads it any more.
    ///
    /// - Parameter mark: a number that changes with every commit; nil when the state cannot be read.
    static func events(
        _ statePath: String, everyWrite: Bool, patience: Patience = .usual, mark: @escaping @Sendable () -> Int?
    ) -> AsyncStream<FeedEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: FeedEvent.self)
        guard let bell = ClosedOnExec.pipe() else {
            continuation.yield(.silent)
            return stream
        }
        continuation.onTermination = { _ in close(bell.write) }
        OwnThread.start {
            StateFeed(statePath, everyWrite, patience, mark, continuation).run(bell.read)
            close(bell.read)
            continuation.finish()
        }
        return stream
    }

    /// Milliseconds after a write to the log at which it is looked whether it is committed: the log is written first, then
    /// brought to the disk, and nobody tells when that is done.
    private static let looks: [Int64] = [0, 5, 20, 60, 200, 700, 2_000, 6_000]
    /// Milliseconds for which a server that is just coming is tried.
    private static let coming: Int64 = 3_000
    private let statePath: String
    private let everyWrite: Bool
    private let patience: Patience
    private let look: @Sendable () -> Int?
    private let told: AsyncStream<FeedEvent>.Continuation
    private var watch: FileWatch?
    private var mark: Int?
    private var server: Int32 = -1
    private var received: [UInt8] = []
    private var isLive: Bool?
    private let start = ContinuousClock.now

    // When there is something to do without being told, by `now`.
    private var pendingLooks: [Int64] = []
    private var nextTry: Int64?
    private var tryUntil: Int64 = 0
    private var lastWord: Int64 = 0
    private var asked: Int64?

    private init(
        _ statePath: String, _ everyWrite: Bool, _ patience: Patience, _ look: @escaping @Sendable () -> Int?,
        _ told: AsyncStream<FeedEvent>.Continuation
    ) {
        self.statePath = statePath
        self.everyWrite = everyWrite
        self.patience = patience
        self.look = look
        self.told = told
    }

    private var now: Int64 { Int64((ContinuousClock.now - start) / .milliseconds(1)) }

    private func run(_ bell: Int32) {
        watch = FileWatch(statePath: statePath)
        mark = look()
        connect()
        if server < 0 { tell(live: false) }
        hearWrites()
        while true {
            var waiting = [pollfd(fd: bell, events: Int16(POLLIN), revents: 0)]
            waiting.append(pollfd(fd: watch?.descriptor ?? -1, events: Int16(POLLIN), revents: 0))
            waiting.append(pollfd(fd: server, events: Int16(POLLIN), revents: 0))
            let due = ([nextTry, deadline].compactMap(\.self) + pendingLooks.prefix(1)).min()
            let left = due.map { Int32(clamping: max(0, $0 - now)) } ?? -1
            if poll(&waiting, nfds_t(waiting.count), left) < 0, errno != EINTR { break }
            if waiting[0].revents != 0 { break }
            if waiting[1].revents != 0 { heard() }
            if server >= 0, waiting[2].revents != 0 { receive() }
            lookAfter()
        }
        watch?.close()
        disconnect()
    }

    // MARK: the state

    private func heard() {
        guard let what = watch?.take() else { return }
        if what.contains(.replaced) {
            mark = nil
            hearWrites(anew: true)
            told.yield(.written)
        }
        if what.contains(.written) || what.contains(.replaced) { pendingLooks = Self.looks.map { now + $0 } }
        if what.contains(.server) {
            (nextTry, tryUntil) = (now, now + Self.coming)
            // A server that is gone was not missed yet.
            if server >= 0, isLive == false { disconnect() }
        }
    }

    private func hearWrites(anew: Bool = false) {
        if anew { watch?.setHearsWrites(false) }
        watch?.setHearsWrites(everyWrite || isLive != true)
    }

    private func lookAfter() {
        let now = now
        if pendingLooks.first.map({ $0 <= now }) ?? false {
            pendingLooks.removeAll { $0 <= now }
            let seen = look()
            if seen != mark {
                mark = seen
                told.yield(.written)
            }
        }
        if let moment = nextTry, moment <= now {
            nextTry = nil
            connect()
            if server < 0, now < tryUntil { nextTry = now + 50 }
        }
        if let deadline, deadline <= now {
            if asked != nil || isLive != true {
                // It has the connection and says nothing: stopped, or stuck. Its next word counts again.
                (asked, lastWord) = (nil, now)
                tell(live: false)
            } else {
                asked = now
                let question = FeedLine.question
                if send(server, question, question.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)) < 0, errno != EAGAIN {
                    lose()
                }
            }
        }
    }

    // MARK: the server

    /// Until when the server is to say something; nil: nobody waits for it.
    private var deadline: Int64? {
        guard server >= 0 else { return nil }
        if let asked { return asked + patience.answer }
        switch isLive {
        case nil: return lastWord + patience.answer
        case true?: return lastWord + patience.silence
        // It was told that it is silent.
        case false?: return nil
        }
    }

    private func connect() {
        guard server < 0, let descriptor = ServerSocket.connect(to: ServerSocket.path(of: statePath)) else {
            return
        }
        let request = Array((ServerSocket.request("watch") + "\n").utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            return ServerSocket.disconnect(descriptor)
        }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        (server, received, asked, lastWord) = (descriptor, [], nil, now)
    }

    private func disconnect() {
        if server >= 0 { ServerSocket.disconnect(server) }
        server = -1
    }

    /// It ended. Another may have taken its place already.
    private func lose() {
        disconnect()
        tell(live: false)
        (nextTry, tryUntil) = (now, now + 200)
    }

    private func receive() {
        var bytes = [UInt8](repeating: 0, count: 64 * 1_024)
        let count = recv(server, &bytes, bytes.count, 0)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else { return lose() }
        (lastWord, asked) = (now, nil)
        received += bytes[..<count]
        while let end = received.firstIndex(of: 0x0A) {
            if let line = FeedLine(line: received[..<end]) { take(line) }
            received.removeSubrange(...end)
        }
        // No server of ours says so much in one line.
        if received.count > 16 << 20 { lose() }
    }

    private func take(_ line: FeedLine) {
        if let live = line.live {
            let wasLive = isLive
            isLive = true
            if wasLive != true { hearWrites() }
            told.yield(.live(live))
        }
        if line.state != nil { told.yield(.written) }
    }

    private func tell(live: Bool) {
        guard isLive != live else { return }
        isLive = live
        hearWrites()
        told.yield(.silent)
    }
}
