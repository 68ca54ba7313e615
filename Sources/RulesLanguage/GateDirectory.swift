internal import Synchronization

/// Tells of any number of conditions which may hold for a request, in time that does not grow with them.
///
/// Each condition is filed under what it needs (`GateKey`): a whole text, a beginning, four neighbouring bytes of a part,
/// a key of a map, a network; under several when any of them will do. A request answers each question once: its host is
/// looked up among the hosts that conditions ask for, its path's beginnings among beginnings of the lengths that occur,
/// its address among networks. Each answer is a list of conditions in ascending order, and the next condition to look at
/// is the smallest number in all lists. Those that need nothing of the kind are a list of their own that is always there.
/// Like a gate a directory may be coarse, but never wrong in saying no.
///
/// Made in time linear in the conditions, and never changed. Memory: for each key that a condition is filed under at
/// most 64 bytes of table, 8 bytes of lists and 2 of filter; at most 4,096 keys a condition.
struct GateDirectory: ~Copyable {
    enum Kind: UInt8, BitwiseCopyable {
        case text, prefix, quads, pairs, mapKeys, networks
    }

    /// What of one field many conditions ask for, each something else.
    struct Question: BitwiseCopyable {
        let kind: Kind
        let field: UInt16
        /// Of beginnings the lengths that occur, a bit each; of networks those of IPv4.
        var lengths: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        /// Of IPv6 networks.
        var longLengths: (UInt64, UInt64, UInt64) = (0, 0, 0)
        /// The longest text or beginning.
        var longest = 0
        /// Of parts every how many bytes of a text one is looked up: the conditions are filed under as many of theirs.
        var step = GateDirectory.mostSteps
        var firstEntry = 0
        /// Entries less one; they are a power of two.
        var entryMask = 0
        /// How far a hash is shifted for its place.
        var entryShift: UInt64 = 63
        var firstFilterWord = 0
        /// How far a hash is shifted for its bit in the filter.
        var filterShift: UInt64 = 0
        /// All conditions that are filed here.
        var firstMember = 0
        var memberCount = 0
        var lastMember = 0
    }

    /// A key's hash and its conditions; none: nothing stands here.
    struct Entry: BitwiseCopyable {
        var hash: UInt64 = 0
        var start: UInt32 = 0
        var count: UInt32 = 0
    }

    static let mostQuestions = 64
    static let mostKeys = 4_096
    /// Longer beginnings are filed under their first so many bytes.
    static let longestPrefix = 255
    /// A condition is filed under at most so many neighbouring parts.
    static let mostSteps = 4

    /// Numbers every directory, so that cursors of another are never taken for its own.
    private static let lastIdentity = Atomic<UInt64>(0)

    let identity: UInt64
    let questions: UnsafeMutableBufferPointer<Question>
    let entries: UnsafeMutableBufferPointer<Entry>
    /// A bit for the hash of each key: most of what a request brings is known by none, and is seen here.
    let filter: UnsafeMutableBufferPointer<UInt64>
    /// The conditions of each key, ascending.
    let lists: UnsafeMutableBufferPointer<UInt32>
    /// The conditions of each question, ascending.
    let members: UnsafeMutableBufferPointer<UInt32>
    /// Conditions that are filed nowhere, ascending.
    let others: UnsafeMutableBufferPointer<UInt32>

    /// - Parameter conditions: for each its groups of gates; fewer than 2^32 - 1.
    init(_ conditions: [[GateFinder.Group]]) {
        var filing = GateFiling()
        filing.count(conditions)
        filing.file(conditions)
        identity = Self.lastIdentity.wrappingAdd(1, ordering: .relaxed).newValue
        let tables = filing.tables()
        questions = Self.copy(tables.questions)
        entries = Self.copy(tables.entries)
        filter = Self.copy(tables.filter)
        lists = Self.copy(tables.lists)
        members = Self.copy(tables.members)
        others = Self.copy(filing.others)
    }

    deinit {
        questions.deallocate()
        entries.deallocate()
        filter.deallocate()
        lists.deallocate()
        members.deallocate()
        others.deallocate()
    }

    private static func copy<T: BitwiseCopyable>(_ values: [T]) -> UnsafeMutableBufferPointer<T> {
        let copy = UnsafeMutableBufferPointer<T>.allocate(capacity: values.count)
        _ = copy.initialize(from: values)
        return copy
    }

    // MARK: asking

    /// The first condition from `start` on that may hold; `Int.max` when there is none. Static, as lending a directory
    /// copies it, and mostly its answers are there already.
    @inline(__always)
    static func next(
        _ start: Int, _ fields: borrowing FieldTable, in directory: UnsafeMutablePointer<GateDirectory>
    ) -> Int {
        let cursors = fields.cursors
        if cursors.state.pointee.directory != directory.pointee.identity
            || cursors.state.pointee.generation != fields.generation || start < cursors.state.pointee.floor
        {
            directory.pointee.answer(start, fields)
        }
        return cursors.first(from: start)
    }

    /// Looks up what the fields bring, where conditions from `start` on ask for it.
    @inline(never)
    private func answer(_ start: Int, _ fields: borrowing FieldTable) {
        let cursors = fields.cursors
        cursors.state.pointee = GateCursors.State(directory: identity, generation: fields.generation)
        if let start = others.baseAddress { cursors.append(start, others.count) }
        var place = 0
        while place < questions.count {
            guard questions[place].lastMember >= start else {
                place &+= 1
                continue
            }
            let before = cursors.state.pointee.count
            if !ask(place, fields) {
                cursors.state.pointee.count = before
                if let start = members.baseAddress {
                    cursors.append(start + questions[place].firstMember, questions[place].memberCount)
                }
            }
            place &+= 1
        }
    }

    /// False when all conditions of the question are to be looked at.
    @inline(__always)
    private func ask(_ place: Int, _ fields: borrowing FieldTable) -> Bool {
        let question = UnsafePointer(questions.baseAddress.unsafelyUnwrapped + place)
        let field = Int(question.pointee.field) & (FieldID.slotCount &- 1)
        let slot = fields.slots[field]
        switch question.pointee.kind {
        case .text:
            guard slot.kind == .bytes, slot.count <= question.pointee.longest, let text = slot.pointer else {
                return true
            }
            return find(question, GateHash.text(text, slot.count), fields.cursors)
        case .prefix:
            guard slot.kind == .bytes, let text = slot.pointer else { return true }
            return findPrefixes(question, text, slot.count, fields.cursors)
        case .quads, .pairs:
            guard slot.kind == .bytes, let text = slot.pointer else { return true }
            guard slot.count <= Gist.longest else { return false }
            return findParts(question, UnsafeRawPointer(text), slot.count, fields.cursors)
        case .mapKeys:
            guard slot.kind == .map, let pairs = slot.pairs else { return true }
            var index = 0
            while index < slot.count {
                let key = pairs[index].key
                let hash =
                    key.baseAddress.map { GateHash.text($0, key.count) } ?? GateHash.text(UnsafeRawPointer(pairs), 0)
                guard find(question, hash, fields.cursors) else { return false }
                index &+= 1
            }
            return true
        case .networks:
            if slot.kind == .ipv4 { return findNetworks(question, slot.low, fields.cursors) }
            return slot.kind == .ipv6 ? findNetworks(question, slot.high, slot.low, fields.cursors) : true
        }
    }
}
