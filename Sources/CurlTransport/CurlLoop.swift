import CCurl
import WebTransport

/// The life of the curl thread: take orders, let libcurl work, deliver what is finished, sleep until something happens.
///
/// Not Sendable: made, run and released on that thread.
final class CurlLoop {
    private let mailbox: CurlMailbox
    private let multi: UnsafeMutableRawPointer
    /// By the address of the easy handle, which is what libcurl reports.
    private var transfers: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    private var handles: [UInt64: UnsafeMutableRawPointer] = [:]
    /// Requests beyond the limit. They wait here and not in libcurl, whose own queue lets the connect deadline run.
    private var queue = CurlQueue()
    private let concurrency: Int

    /// How long a sleep may last, in milliseconds. libcurl wakes earlier for its own timers and the mailbox for orders.
    private static let sleep: Int32 = 3_600_000

    init(mailbox: CurlMailbox, multi: UnsafeMutableRawPointer) {
        self.mailbox = mailbox
        self.multi = multi
        concurrency = mailbox.concurrency
    }

    func run() {
        while true {
            let (orders, isClosing) = mailbox.take()
            for order in orders { obey(order) }
            if isClosing { return finish { .transportClosed($0) } }
            var worked = CURLM_OK
            repeat {
                fill()
                var running: Int32 = 0
                worked = ccurl_multi_perform(multi, &running)
            } while deliver() && worked == CURLM_OK
            // After an error a further round would fail the same way, without sleeping.
            guard worked == CURLM_OK else { return finish(failure(worked)) }
            let slept = ccurl_multi_poll(multi, CurlLoop.sleep)
            guard slept == CURLM_OK else { return finish(failure(slept)) }
        }
    }

    private func failure(_ code: CURLMcode) -> (WebRequest) -> WebError {
        { .transportFailed($0, cause: String(cString: ccurl_multi_strerror(code))) }
    }

    private func obey(_ order: CurlMailbox.Order) {
        switch order {
        case .start(let submission):
            queue.append(submission)
        case .cancel(let number):
            if let submission = queue.remove(number) {
                submission.continuation.resume(returning: .failure(.cancelled(submission.request)))
                return
            }
            guard let handle = handles[number], let transfer = remove(handle) else { return }
            transfer.deliver(.failure(.cancelled(transfer.request)))
        }
    }

    /// Hands waiting requests to libcurl as far as the limit allows.
    private func fill() {
        while transfers.count < concurrency, let submission = queue.popFirst() { begin(submission) }
    }

    private func begin(_ submission: CurlSubmission) {
        let transfer: CurlTransfer
        do throws(WebError) {
            transfer = try CurlTransfer(submission)
        } catch {
            submission.continuation.resume(returning: .failure(error))
            return
        }
        let added = ccurl_multi_add_handle(multi, transfer.easy)
        guard added == CURLM_OK else {
            transfer.deliver(.failure(failure(added)(transfer.request)))
            return
        }
        transfers[transfer.easy] = transfer
        handles[submission.number] = transfer.easy
    }

    /// Delivers what is finished; true when that made room, so that there may be more to hand over.
    private func deliver() -> Bool {
        let before = transfers.count
        var easy: UnsafeMutableRawPointer?
        var result = CURLE_OK
        while ccurl_next_finished(multi, &easy, &result) {
            guard let easy, let transfer = transfers[easy] else { continue }
            // Read before removal: afterwards the handle no longer knows its connection.
            let outcome = transfer.outcome(result)
            _ = remove(easy)
            transfer.deliver(outcome)
        }
        return transfers.count < before
    }

    private func remove(_ easy: UnsafeMutableRawPointer) -> CurlTransfer? {
        guard let transfer = transfers.removeValue(forKey: easy) else { return nil }
        handles[transfer.number] = nil
        ccurl_multi_remove_handle(multi, easy)
        return transfer
    }

    /// Every request gets its outcome, then the handles go: easy ones first, as libcurl demands.
    private func finish(_ reason: (WebRequest) -> WebError) {
        for order in mailbox.retire() {
            guard case .start(let submission) = order else { continue }
            submission.continuation.resume(returning: .failure(reason(submission.request)))
        }
        while let submission = queue.popFirst() {
            submission.continuation.resume(returning: .failure(reason(submission.request)))
        }
        for easy in Array(transfers.keys) {
            guard let transfer = remove(easy) else { continue }
            transfer.deliver(.failure(reason(transfer.request)))
        }
        ccurl_multi_cleanup(multi)
    }
}
