import CCurl
import Glibc
import WebTransport

/// Starts the one thread that touches a multi handle and everything attached to it.
enum CurlThread {
    /// Once a process: libcurl's and OpenSSL's tables. Thread-safe since libcurl 7.84, and a static is initialised once
    /// in any case. Never undone, as other users of libcurl in the process may rely on it.
    private static let isReady = ccurl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// What the new thread is given. Sent once through the `pthread_create` pointer and used by that thread only.
    private final class Start {
        let mailbox: CurlMailbox
        let multi: UnsafeMutableRawPointer
        let bell: Int32

        init(mailbox: CurlMailbox, multi: UnsafeMutableRawPointer, bell: Int32) {
            self.mailbox = mailbox
            self.multi = multi
            self.bell = bell
        }
    }

    /// Makes the multi handle and its thread; nil when the system has no resources for them. The descriptor is the bell
    /// that wakes the thread.
    static func start(for mailbox: CurlMailbox) -> Int32? {
        guard isReady, let multi = ccurl_multi_init() else { return nil }
        let bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard bell >= 0, ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, mailbox.concurrency) == CURLM_OK else {
            if bell >= 0 { close(bell) }
            ccurl_multi_cleanup(multi)
            return nil
        }
        let start = Unmanaged.passRetained(Start(mailbox: mailbox, multi: multi, bell: bell))
        guard launch(start.toOpaque()) else {
            start.release()
            close(bell)
            ccurl_multi_cleanup(multi)
            return nil
        }
        return bell
    }

    /// A detached thread with asynchronous signals blocked, so that they reach the threads that handle them. SIGPIPE is
    /// among the blocked ones: OpenSSL may write to a connection that the peer has closed. Name look-up threads inherit
    /// the mask.
    private static func launch(_ argument: UnsafeMutableRawPointer) -> Bool {
        var blocked = sigset_t()
        var previous = sigset_t()
        sigfillset(&blocked)
        for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT] { sigdelset(&blocked, fault) }
        var attributes = pthread_attr_t()
        guard pthread_attr_init(&attributes) == 0 else { return false }
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_sigmask(SIG_SETMASK, &blocked, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        var thread = pthread_t()
        let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
            guard let argument else { return nil }
            let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
            CurlLoop(mailbox: start.mailbox, multi: start.multi, watch: CurlWatch(bell: start.bell)).run()
            return nil
        }
        return pthread_create(&thread, &attributes, body, argument) == 0
    }
}
