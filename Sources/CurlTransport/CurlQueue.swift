/// Requests that wait until another one ends, in the order in which they came. Cheap to cancel from the middle.
struct CurlQueue {
    private var submissions: [UInt64: CurlSubmission] = [:]
    /// Numbers in order, those before `head` and those without a submission being gone.
    private var order: [UInt64] = []
    private var head = 0

    mutating func append(_ submission: CurlSubmission) {
        submissions[submission.number] = submission
        order.append(submission.number)
    }

    mutating func popFirst() -> CurlSubmission? {
        while head < order.count {
            let number = order[head]
            head += 1
            if let submission = submissions.removeValue(forKey: number) { return submission }
        }
        order = []
        head = 0
        return nil
    }

    mutating func remove(_ number: UInt64) -> CurlSubmission? {
        submissions.removeValue(forKey: number)
    }
}
