import CurlTransport
import Glibc
import Testing

/// Tasks on the transport's own thread.
@Suite(.timeLimit(.minutes(1))) struct ExecutorTests {
    private static func thread() -> UInt { pthread_self() }

    @Test func tasksThatPreferItStayOnOneThread() async {
        let transport = CurlTransport()
        let threads = await withTaskExecutorPreference(transport.executor) {
            await withTaskGroup(of: [UInt].self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        var seen = [Self.thread()]
                        for _ in 0..<5 {
                            await Task.yield()
                            seen.append(Self.thread())
                        }
                        return seen
                    }
                }
                return await group.reduce(into: Set<UInt>()) { $0.formUnion($1) }
            }
        }
        #expect(threads.count == 1 && !threads.contains(Self.thread()))
    }

    /// A transport that was closed takes nobody's task with it.
    @Test func tasksGoOnWhenTheTransportIsClosed() async {
        let transport = CurlTransport()
        let sum = await withTaskExecutorPreference(transport.executor) {
            await withTaskGroup(of: Int.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        if number == 50 { transport.close() }
                        await Task.yield()
                        return number
                    }
                }
                return await group.reduce(0, +)
            }
        }
        #expect(sum == 4950)
        #expect(await withTaskExecutorPreference(transport.executor) { Self.thread() != 0 })
    }
}
