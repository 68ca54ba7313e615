/// Where a request stands in the lists that a directory found for it: the answers to all of its questions, kept until a
/// field changes or another directory asks.
///
/// Memory of one `FieldTable`, made with it: 3 kB.
struct GateCursors {
    /// A list of conditions, ascending, of which some may be left.
    struct Cursor: BitwiseCopyable {
        /// The first that is left.
        var head: UInt32
        var next: UnsafePointer<UInt32>
        let end: UnsafePointer<UInt32>
    }

    struct State: BitwiseCopyable {
        /// 0: none.
        var directory: UInt64 = 0
        var generation: UInt64 = 0
        /// Conditions before this one have been passed.
        var floor = 0
        /// The smallest number from `floor` on in any list; -1: not looked for yet.
        var smallest = -1
        var count = 0
    }

    /// With more lists than this, all conditions of one kind are one list.
    static let most = 96
    /// And one list more for each question.
    static let capacity = most + GateDirectory.mostQuestions + 1

    let state: UnsafeMutablePointer<State>
    let cursors: UnsafeMutablePointer<Cursor>

    init() {
        state = .allocate(capacity: 1)
        state.initialize(to: State())
        cursors = .allocate(capacity: Self.capacity)
    }

    func deallocate() {
        state.deallocate()
        cursors.deallocate()
    }

    /// Adds a list that is not empty.
    @inline(__always)
    func append(_ list: UnsafePointer<UInt32>, _ count: Int) {
        guard count > 0, state.pointee.count < Self.capacity else { return }
        (cursors + state.pointee.count).initialize(to: Cursor(head: list.pointee, next: list, end: list + count))
        state.pointee.count &+= 1
    }

    /// The smallest number from `start` on in any list; `Int.max` when there is none. Lists that end before it go.
    @inline(__always)
    func first(from start: Int) -> Int {
        // Asked from a place before it, as phase after phase does in which nothing holds.
        if start <= state.pointee.smallest { return state.pointee.smallest }
        state.pointee.floor = start
        let start = UInt32(truncatingIfNeeded: start)
        var smallest = UInt32.max
        var place = 0
        while place < state.pointee.count {
            if cursors[place].head < start, !advance(cursors + place, to: start) {
                state.pointee.count &-= 1
                cursors[place] = cursors[state.pointee.count]
                continue
            }
            smallest = min(smallest, cursors[place].head)
            place &+= 1
        }
        state.pointee.smallest = smallest == .max ? .max : Int(smallest)
        return state.pointee.smallest
    }

    /// False when nothing is left. Near numbers are found step by step, far ones by halving.
    @inline(__always)
    private func advance(_ cursor: UnsafeMutablePointer<Cursor>, to start: UInt32) -> Bool {
        var next = cursor.pointee.next + 1
        let end = cursor.pointee.end
        var step = 1
        while next < end, next.pointee < start {
            var low = next + 1
            // A stride that still ends before `start` is taken whole.
            if end - next > step, next[step] < start {
                low = next + step + 1
                step &*= 2
            } else {
                step = 1
            }
            next = low
        }
        guard next < end else { return false }
        cursor.pointee.next = next
        cursor.pointee.head = next.pointee
        return true
    }
}
