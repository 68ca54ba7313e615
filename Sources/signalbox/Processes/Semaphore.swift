internal import Glibc

/// A count that threads wait for.
///
/// Unchecked: the memory is made and freed with the value, its address never changes, and `sem_t` is there to be used by
/// any thread at once.
final class Semaphore: @unchecked Sendable {
    private let memory = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(memory, 0, 0) }

    deinit {
        sem_destroy(memory)
        memory.deallocate()
    }

    func post() { sem_post(memory) }

    func wait() { while sem_wait(memory) != 0, errno == EINTR {} }
}
