internal import Glibc

/// Hands one text from a task to a thread that waits for it.
final class AnswerBox: @unchecked Sendable {
    // Checked by hand: `text` is only touched between wait and post of the semaphore, by one side at a time.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    private var text = ""

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func put(_ text: String) {
        self.text = text
        sem_post(semaphore)
    }

    func take() -> String {
        while sem_wait(semaphore) != 0, errno == EINTR {}
        return text
    }
}
