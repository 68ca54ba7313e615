/// Ranks of environments: 0...n-1 without gaps, production always the highest.
package enum Ranking {
    /// The list after one environment was made (`before` nil), changed or removed (`after` nil).
    package static func applying(
        before: Environment?, after: Environment?, to environments: [Environment]
    ) -> [Environment] {
        var list = environments.sorted { $0.rank < $1.rank }
        if let before { list.removeAll { $0.name == before.name } }
        if let after {
            let wanted = after.isProduction ? list.count : min(max(after.rank, 0), list.count { !$0.isProduction })
            list.insert(after, at: wanted)
        }
        for index in list.indices { list[index].rank = index }
        return list
    }
}
