/// Conditions on their way into a directory: under which of its keys each is filed, and the tables that come of it.
struct GateFiling {
    private struct Filed {
        let hash: UInt64
        let question: UInt32
        let condition: UInt32
    }

    struct Tables {
        var questions: [GateDirectory.Question]
        var entries: [GateDirectory.Entry] = []
        var filter: [UInt64] = []
        var lists: [UInt32] = []
        var members: [UInt32] = []
    }

    /// How many conditions ask for a key, by the upper bits of its hash: an upper bound.
    private var popularity: [UInt32] = []
    private var shift: UInt64 = 63
    private var questions: [GateDirectory.Question] = []
    private var places: [UInt32: Int] = [:]
    private var filed: [Filed] = []
    private(set) var others: [UInt32] = []

    /// Counts how many conditions ask for each key, so that a condition which needs several things is filed under the
    /// rarest.
    mutating func count(_ conditions: [[GateFinder.Group]]) {
        let bits = max(8, (conditions.count * 4).bitWidth - (conditions.count * 4).leadingZeroBitCount)
        shift = UInt64(64 - min(bits, 20))
        popularity = Array(repeating: 0, count: 1 << min(bits, 20))
        for groups in conditions {
            for group in groups where Self.isFileable(group) {
                for need in group {
                    need.key.forEachHash { kind, hash in popularity[place(kind, need.gate.field, hash)] &+= 1 }
                }
            }
        }
    }

    private static func isFileable(_ group: GateFinder.Group) -> Bool {
        !group.isEmpty && group.allSatisfy(\.key.isFileable)
            && group.reduce(0) { $0 + $1.key.keyCount } <= GateDirectory.mostKeys
    }

    private func place(_ kind: GateDirectory.Kind, _ field: UInt16, _ hash: UInt64) -> Int {
        let salt = (UInt64(field) << 8 | UInt64(kind.rawValue)) &* 0xd6e8_feb8_6659_fd93
        return Int(truncatingIfNeeded: (hash ^ salt) >> shift)
    }

    /// How many conditions share the keys of a group, together.
    private func cost(_ group: GateFinder.Group) -> Int {
        var cost = 0
        for need in group {
            var costs: [Int] = []
            need.key.forEachHash { kind, hash in costs.append(Int(popularity[place(kind, need.gate.field, hash)])) }
            // Of a part's neighbouring bytes some will do.
            cost += need.key.kind == .part ? costs.min() ?? 0 : costs.reduce(0, +)
        }
        return cost
    }

    // MARK: filing

    mutating func file(_ conditions: [[GateFinder.Group]]) {
        filed.reserveCapacity(conditions.count)
        var chosen: [(UInt32, GateFinder.Group)] = []
        for (number, groups) in conditions.enumerated() {
            let condition = UInt32(truncatingIfNeeded: number)
            let fileable = groups.filter(Self.isFileable)
            let best = fileable.count > 1 ? fileable.min { cost($0) < cost($1) } : fileable.first
            if let best, prepare(best) {
                chosen.append((condition, best))
            } else {
                others.append(condition)
            }
        }
        // How parts are filed depends on the shortest of all.
        for (condition, group) in chosen {
            for need in group { file(need, condition) }
        }
    }

    /// Makes the questions of a group; false when there are too many.
    private mutating func prepare(_ group: GateFinder.Group) -> Bool {
        for need in group {
            guard let place = question(need.key.question, need.gate.field) else { return false }
            questions[place].include(need.key)
        }
        return true
    }

    private mutating func question(_ kind: GateDirectory.Kind, _ field: UInt16) -> Int? {
        let name = UInt32(field) << 8 | UInt32(kind.rawValue)
        if let known = places[name] { return known }
        guard questions.count < GateDirectory.mostQuestions else { return nil }
        places[name] = questions.count
        questions.append(GateDirectory.Question(kind: kind, field: field))
        return questions.count - 1
    }

    private mutating func file(_ need: GateFinder.Need, _ condition: UInt32) {
        guard let place = question(need.key.question, need.gate.field) else { return }
        let question = UInt32(truncatingIfNeeded: place)
        for hash in hashes(need, step: questions[place].step) {
            filed.append(Filed(hash: hash, question: question, condition: condition))
        }
    }

    /// What a condition is filed under. A text is asked for its parts at every `step`th place only, and whatever the
    /// place at which it has this one in it, one of `step` neighbouring parts stands at such a place: the rarest such.
    private func hashes(_ need: GateFinder.Need, step: Int) -> [UInt64] {
        var hashes: [UInt64] = []
        need.key.forEachHash { _, hash in hashes.append(hash) }
        guard need.key.kind == .part, hashes.count > step else { return hashes }
        let (kind, field) = (need.key.question, need.gate.field)
        let costs = hashes.map { Int(popularity[place(kind, field, $0)]) }
        var cost = costs[..<step].reduce(0, +)
        var best = (cost: cost, start: 0)
        for end in step..<hashes.count {
            cost += costs[end] - costs[end - step]
            if cost < best.cost { best = (cost, end - step + 1) }
        }
        return Array(hashes[best.start..<best.start + step])
    }

    // MARK: tables

    /// Conditions come in ascending order, so that all lists are in order without sorting.
    func tables() -> Tables {
        var tables = Tables(questions: questions)
        var sizes = [Int](repeating: 0, count: questions.count)
        for filed in filed { sizes[Int(filed.question)] += 1 }
        var (entryCount, filterCount) = (0, 0)
        for (place, size) in sizes.enumerated() {
            // Half full at most; 8 to 16 bits of filter a key.
            let bits = Int.bitWidth - max(2 * size - 1, 1).leadingZeroBitCount
            tables.questions[place].firstEntry = entryCount
            tables.questions[place].entryMask = (1 << bits) - 1
            tables.questions[place].entryShift = UInt64(64 - bits)
            tables.questions[place].firstFilterWord = filterCount
            tables.questions[place].filterShift = UInt64(64 - max(bits + 2, 6))
            entryCount += 1 << bits
            filterCount += 1 << (max(bits + 2, 6) - 6)
        }
        tables.entries = Array(repeating: GateDirectory.Entry(), count: entryCount)
        tables.filter = Array(repeating: 0, count: filterCount)
        fill(&tables)
        fillMembers(&tables, sizes)
        return tables
    }

    private func fill(_ tables: inout Tables) {
        var places: [UInt32] = []
        places.reserveCapacity(filed.count)
        for filed in filed {
            let question = tables.questions[Int(filed.question)]
            var place = Int(truncatingIfNeeded: filed.hash >> question.entryShift)
            while true {
                let found = tables.entries[question.firstEntry + place]
                if found.count == 0 || found.hash == filed.hash { break }
                place = (place + 1) & question.entryMask
            }
            place += question.firstEntry
            tables.entries[place].hash = filed.hash
            tables.entries[place].count += 1
            places.append(UInt32(truncatingIfNeeded: place))
            let bit = filed.hash >> question.filterShift
            tables.filter[question.firstFilterWord + Int(bit >> 6)] |= 1 << (bit & 63)
        }
        var start: UInt32 = 0
        for place in tables.entries.indices where tables.entries[place].count > 0 {
            tables.entries[place].start = start
            start += tables.entries[place].count
            tables.entries[place].count = 0
        }
        tables.lists = Array(repeating: 0, count: filed.count)
        for (filed, place) in zip(filed, places) {
            let entry = tables.entries[Int(place)]
            tables.lists[Int(entry.start + entry.count)] = filed.condition
            tables.entries[Int(place)].count += 1
        }
    }

    private func fillMembers(_ tables: inout Tables, _ sizes: [Int]) {
        tables.members = Array(repeating: 0, count: filed.count)
        var start = 0
        for (place, size) in sizes.enumerated() {
            tables.questions[place].firstMember = start
            start += size
        }
        for filed in filed {
            let place = Int(filed.question)
            let question = tables.questions[place]
            let end = question.firstMember + question.memberCount
            if question.memberCount > 0, tables.members[end - 1] == filed.condition { continue }
            tables.members[end] = filed.condition
            tables.questions[place].memberCount += 1
            tables.questions[place].lastMember = Int(filed.condition)
        }
    }
}
