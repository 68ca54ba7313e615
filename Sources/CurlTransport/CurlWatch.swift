import CCurl
import Glibc

/// The sockets and the moment that libcurl waits for, watched by `epoll`.
///
/// Not Sendable: it lives on the curl thread. libcurl calls the two watchers below on that thread too, with the address
/// of this object, which ``CurlLoop`` keeps alive until the multi handle is gone.
final class CurlWatch {
    /// Writing to it ends a sleep.
    private let bell: Int32
    private let poll: Int32
    /// Monotonic nanoseconds at which libcurl wants to be called without a socket.
    private var due: UInt64?
    private var watched: Set<Int32> = []
    private var events = [epoll_event](repeating: epoll_event(), count: 64)
    private var ready = 0

    init(bell: Int32) {
        self.bell = bell
        poll = epoll_create1(Int32(EPOLL_CLOEXEC))
    }

    /// False when the process has no descriptors left.
    func attach(to multi: UnsafeMutableRawPointer) -> Bool {
        guard poll >= 0, control(EPOLL_CTL_ADD, bell, EPOLLIN.rawValue) else { return false }
        let code = ccurl_multi_set_watchers(
            multi,
            { _, socket, what, context, _ in
                CurlWatch.at(context)?.change(socket, what) == true ? 0 : -1
            },
            { _, milliseconds, context in
                CurlWatch.at(context)?.schedule(milliseconds)
                return 0
            }, Unmanaged.passUnretained(self).toOpaque())
        return code == CURLM_OK
    }

    func close() {
        if poll >= 0 { _ = Glibc.close(poll) }
        _ = Glibc.close(bell)
    }

    /// Whether libcurl's moment has come; asked once for each, as libcurl sets the next one itself.
    var isDue: Bool {
        guard let due, due <= Self.now() else { return false }
        self.due = nil
        return true
    }

    /// Waits for events, the bell or libcurl's moment; only looks for events when `isIdle` says that there is work.
    func sleep(ifIdle isIdle: () -> Bool) {
        var wait: Int32 = -1
        if let due {
            let now = Self.now()
            wait = due > now ? Int32(clamping: (due - now + 999_999) / 1_000_000) : 0
        }
        if wait != 0, !isIdle() { wait = 0 }
        ready = max(0, Int(epoll_wait(poll, &events, Int32(events.count), wait)))
    }

    /// Calls back for each socket that is ready, in libcurl's words for it; stops at an error.
    func forEachEvent(_ act: (Int32, Int32) -> CURLMcode) -> CURLMcode {
        for index in 0..<ready {
            let event = events[index]
            let socket = event.data.fd
            guard socket != bell else {
                var count: UInt64 = 0
                _ = read(bell, &count, 8)
                continue
            }
            // An event before this one may have closed it.
            guard watched.contains(socket) else { continue }
            var what: Int32 = 0
            if event.events & EPOLLIN.rawValue != 0 { what |= 1 }
            if event.events & EPOLLOUT.rawValue != 0 { what |= 2 }
            if event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { what |= 4 }
            let worked = act(socket, what)
            guard worked == CURLM_OK else { return worked }
        }
        return CURLM_OK
    }

    private static func at(_ context: UnsafeMutableRawPointer?) -> CurlWatch? {
        context.map { Unmanaged<CurlWatch>.fromOpaque($0).takeUnretainedValue() }
    }

    private func change(_ socket: Int32, _ what: Int32) -> Bool {
        if what == CURL_POLL_REMOVE {
            guard watched.remove(socket) != nil else { return true }
            // Fails when libcurl has closed it already, which took it out of the set.
            _ = control(EPOLL_CTL_DEL, socket, 0)
            return true
        }
        let wanted =
            (what & CURL_POLL_IN != 0 ? EPOLLIN.rawValue : 0) | (what & CURL_POLL_OUT != 0 ? EPOLLOUT.rawValue : 0)
        if watched.insert(socket).inserted { return control(EPOLL_CTL_ADD, socket, wanted) }
        return control(EPOLL_CTL_MOD, socket, wanted)
    }

    private func control(_ operation: Int32, _ socket: Int32, _ wanted: UInt32) -> Bool {
        var event = epoll_event()
        event.events = wanted
        event.data.fd = socket
        return epoll_ctl(poll, operation, socket, &event) == 0
    }

    private func schedule(_ milliseconds: Int) {
        due = milliseconds < 0 ? nil : Self.now() + UInt64(milliseconds) * 1_000_000
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
