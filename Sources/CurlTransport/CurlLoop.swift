import CCurl
import Glibc
import WebTransport

/// The life of the curl thread: take orders, let libcurl work, deliver what is finished, sleep until something happens.
/// Tasks that prefer ``CurlTransport/executor`` run here too, between the rounds.
///
/// libcurl says which sockets it waits for and when, and is called for those alone (`curl_multi_socket_action`): the
/// work for one transfer does not grow with the number of the others.
///
/// Not Sendable: made, run and released on that thread.
final class CurlLoop {
    private let mailbox: CurlMailbox
    private let multi: UnsafeMutableRawPointer
    private let watch: CurlWatch
    /// By the address of the easy handle, which is what libcurl reports.
    private var transfers: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    private var handles: [UInt64: UnsafeMutableRawPointer] = [:]
    /// Transfers that count against the limit: whole answers. Streams wait for each other's readers, so that a limit
    /// could bring them to a standstill.
    private var limited = 0
    /// Requests beyond the limit. They wait here and not in libcurl, whose own queue lets the connect deadline run.
    private var queue = CurlQueue()
    private var spare = CurlHandles()

    init(mailbox: CurlMailbox, multi: UnsafeMutableRawPointer, watch: CurlWatch) {
        self.mailbox = mailbox
        self.multi = multi
        self.watch = watch
    }

    func run() {
        guard watch.attach(to: multi) else { return finish { .transportFailed($0, cause: "no descriptors are left") } }
        while true {
            if work() { return finish { .transportClosed($0) } }
            fill()
            var worked = watch.isDue ? ccurl_multi_act_on_time(multi) : CURLM_OK
            deliver()
            if worked == CURLM_OK {
                watch.sleep(ifIdle: mailbox.fallAsleep)
                mailbox.awake()
                worked = watch.forEachEvent { ccurl_multi_act(multi, $0, $1) }
                deliver()
            }
            // After an error a further round would fail the same way, without sleeping.
            guard worked == CURLM_OK else { return finish(failure(worked)) }
        }
    }

    /// Carries out orders and jobs, and those that they make, before the sockets are looked at again.
    /// - Returns: whether this is the end.
    private func work() -> Bool {
        for _ in 0..<Self.rounds {
            let (orders, jobs, isClosing) = mailbox.take()
            for order in orders { obey(order) }
            for job in jobs { job.runSynchronously(on: mailbox.asUnownedTaskExecutor()) }
            if isClosing { return true }
            if orders.isEmpty, jobs.isEmpty { break }
        }
        return false
    }

    /// Rounds of work that make more work at most, so that tasks which never wait cannot keep the sockets waiting.
    private static let rounds = 16

    private func failure(_ code: CURLMcode) -> (WebRequest) -> WebError {
        { .transportFailed($0, cause: String(cString: ccurl_multi_strerror(code))) }
    }

    private func obey(_ order: CurlMailbox.Order) {
        switch order {
        case .start(let submission):
            if submission.isLimited { queue.append(submission) } else { begin(submission) }
        case .cancel(let number):
            if let submission = queue.remove(number) {
                submission.fail(.cancelled(submission.request))
                return
            }
            guard let handle = handles[number], let transfer = remove(handle) else { return }
            transfer.fail(.cancelled(transfer.request))
            recycle(transfer)
        case .proceed(let number):
            // It may call the receivers, which look at their own transfer only.
            if let handle = handles[number] { _ = ccurl_easy_continue(handle) }
        }
    }

    /// Hands waiting requests to libcurl as far as the limit allows.
    private func fill() {
        while limited < mailbox.concurrency, let submission = queue.popFirst() { begin(submission) }
    }

    private func begin(_ submission: CurlSubmission) {
        guard let easy = spare.take() else {
            submission.fail(.transportFailed(submission.request, cause: "no memory for a request"))
            return
        }
        let transfer = CurlTransfer(submission, easy)
        if let refusal = transfer.configure() {
            transfer.fail(refusal)
            return recycle(transfer)
        }
        let added = ccurl_multi_add_handle(multi, easy)
        guard added == CURLM_OK else {
            transfer.fail(failure(added)(transfer.request))
            return recycle(transfer)
        }
        transfers[easy] = transfer
        handles[submission.number] = easy
        if submission.isLimited { limited += 1 }
    }

    /// Delivers what is finished and hands over what that made room for.
    private func deliver() {
        var easy: UnsafeMutableRawPointer?
        var result = CURLE_OK
        while ccurl_next_finished(multi, &easy, &result) {
            guard let easy, let transfer = transfers[easy] else { continue }
            // Read before removal: afterwards the handle no longer knows its connection.
            transfer.finish(result)
            _ = remove(easy)
            recycle(transfer)
        }
        fill()
    }

    private func remove(_ easy: UnsafeMutableRawPointer) -> CurlTransfer? {
        guard let transfer = transfers.removeValue(forKey: easy) else { return nil }
        handles[transfer.submission.number] = nil
        if transfer.submission.isLimited { limited -= 1 }
        ccurl_multi_remove_handle(multi, easy)
        return transfer
    }

    /// The handle no longer points into the transfer when the transfer goes.
    private func recycle(_ transfer: CurlTransfer) { spare.put(transfer.easy) }

    /// Every request gets its outcome, then the handles go: easy ones first, as libcurl demands.
    private func finish(_ reason: (WebRequest) -> WebError) {
        let late = mailbox.retire()
        for order in late.orders {
            guard case .start(let submission) = order else { continue }
            submission.fail(reason(submission.request))
        }
        while let submission = queue.popFirst() { submission.fail(reason(submission.request)) }
        for easy in Array(transfers.keys) {
            guard let transfer = remove(easy) else { continue }
            transfer.fail(reason(transfer.request))
            recycle(transfer)
        }
        spare.clear()
        ccurl_multi_cleanup(multi)
        watch.close()
        for job in late.jobs { globalConcurrentExecutor.enqueue(job) }
    }
}

/// Easy handles between two requests: making one costs more than cleaning it.
struct CurlHandles {
    private var spare: [UnsafeMutableRawPointer] = []
    /// Each holds some kilobytes.
    private static let most = 64

    mutating func take() -> UnsafeMutableRawPointer? { spare.popLast() ?? ccurl_easy_init() }

    mutating func put(_ easy: UnsafeMutableRawPointer) {
        guard spare.count < Self.most else { return ccurl_easy_cleanup(easy) }
        ccurl_easy_reset(easy)
        spare.append(easy)
    }

    mutating func clear() {
        for easy in spare { ccurl_easy_cleanup(easy) }
        spare = []
    }
}
