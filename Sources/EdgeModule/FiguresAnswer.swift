internal import CEnvoyModule
internal import EdgePlan

/// The answer of the figures filter.
enum FiguresAnswer {
    static func send(_ stream: Stream) {
        let headers = WorkerMemory.current.pointee.headers.read(stream, isResponse: false)
        let isRead = headers.method.equals("GET") || headers.method.equals("HEAD")
        var body = isRead ? FiguresText.write() : "only GET\n"
        var version = ModuleVersion.text
        var format = "\(PlanFormat.number)"
        version.withUTF8 { version in
            format.withUTF8 { format in
                withUnsafeTemporaryAllocation(of: signalbox_pair.self, capacity: 3) { pairs in
                    pairs.initializeElement(
                        at: 0,
                        to: signalbox_pair(.init("content-type"), .init(isRead ? "application/jsonl" : "text/plain")))
                    pairs.initializeElement(at: 1, to: signalbox_pair(.init("x-edge-module"), .init(version)))
                    pairs.initializeElement(at: 2, to: signalbox_pair(.init("x-edge-plan-format"), .init(format)))
                    body.withUTF8 {
                        stream.answer(isRead ? 200 : 405, pairs, UnsafeRawBufferPointer($0), "signalbox_figures")
                    }
                }
            }
        }
    }
}
