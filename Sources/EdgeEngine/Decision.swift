package import EdgePlan

/// What the edge does with one request. Lives in a `Workspace` and is filled anew for each request; its bytes point
/// into the plan, the request or the workspace and are valid until the workspace begins the next request.
package struct Decision: ~Copyable {
    package typealias Bytes = UnsafeRawBufferPointer

    package enum Outcome: UInt8, Hashable, Sendable {
        /// To `origin`.
        case forward
        /// Answered with `status` and `location`.
        case redirect
        /// Answered with `status`, `contentType` and `body`.
        case block
        /// The configuration has no origin: answered with 503.
        case noOrigin
    }

    package internal(set) var outcome = Outcome.forward
    /// The selector that held; nil: none did and the zone's own configuration is served.
    package internal(set) var selector: Int?
    /// Index of the configuration within the plan.
    package internal(set) var configuration = 0
    /// The rule that ended the request, as its number within the plan.
    package internal(set) var terminatingRule: Int?
    /// Of a redirect or block.
    package internal(set) var status = 0
    package internal(set) var location = Bytes(start: nil, count: 0)
    package internal(set) var contentType = Bytes(start: nil, count: 0)
    package internal(set) var body = Bytes(start: nil, count: 0)
    /// Of a block by a rate limit: seconds until the next request may pass, as text; else empty.
    package internal(set) var retryAfter = Bytes(start: nil, count: 0)
    /// The rule that switched protection against hotlinks on.
    var hotlinkRule: Int?
    /// `OriginPlan.name`.
    package internal(set) var origin: Bytes?
    /// Host to send; nil: the origin's own affair.
    package internal(set) var hostHeader: Bytes?
    /// The new `:path` when a rule rewrote it; like origin and host in memory that is not the request's.
    package internal(set) var path: Bytes?
    /// To be carried out in order.
    package internal(set) var requestEdits = EditList()
    package internal(set) var responseEdits = EditList()
    /// Numbers of the rules that matched, in order.
    package internal(set) var matched = NumberList()
    package internal(set) var cache = CacheDecision()
    /// Bits of the phases that skips passed over.
    package internal(set) var skippedPhases: UInt32 = 0
    /// Values that rules computed and that could not be used: left out.
    package internal(set) var refusedValues = 0

    mutating func clear() {
        let empty = Bytes(start: nil, count: 0)
        outcome = .forward
        selector = nil
        configuration = 0
        terminatingRule = nil
        status = 0
        (location, contentType, body, retryAfter) = (empty, empty, empty, empty)
        hotlinkRule = nil
        (origin, hostHeader, path) = (nil, nil, nil)
        requestEdits.removeAll()
        responseEdits.removeAll()
        matched.removeAll()
        cache = CacheDecision()
        skippedPhases = 0
        refusedValues = 0
    }
}

/// One change of a header.
package struct HeaderEdit: BitwiseCopyable {
    package var name: UnsafeRawBufferPointer
    package var operation: HeaderEditPlan.Operation
    /// Empty for removals. Never a piece of the message itself, unless it is the host, which no edit changes.
    package var value: UnsafeRawBufferPointer

    package var isRemoval: Bool { if case .remove = operation { true } else { false } }
}

/// A list that keeps its memory between requests. Entries beyond what memory allows are not kept.
package struct ReusableList<Element: BitwiseCopyable>: ~Copyable {
    private var memory: UnsafeMutablePointer<Element>?
    private var capacity = 0
    package private(set) var count = 0

    package init() {}

    deinit { memory?.deallocate() }

    package mutating func removeAll() { count = 0 }

    package mutating func append(_ element: Element) {
        if count == capacity { grow() }
        guard let memory, count < capacity else { return }
        (memory + count).initialize(to: element)
        count &+= 1
    }

    package var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: memory, count: count) }

    private mutating func grow() {
        let wider = max(capacity &* 2, 32)
        let new = UnsafeMutablePointer<Element>.allocate(capacity: wider)
        if let memory {
            new.update(from: memory, count: count)
            memory.deallocate()
        }
        memory = new
        capacity = wider
    }
}

package typealias EditList = ReusableList<HeaderEdit>
package typealias NumberList = ReusableList<Int>
