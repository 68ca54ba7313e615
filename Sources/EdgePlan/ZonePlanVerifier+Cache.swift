extension VerifierRun {
    /// Settings of one rule. Lifetimes of statuses follow the lifetime that they belong to: the engine keeps them as one
    /// stretch of rows.
    func verifyCacheSettings(_ list: Range<Int>, _ name: String) throws(PlanRefusal) {
        var before: CacheSettingKind?
        for index in list {
            let place = row(PlanLayout.Header.cacheSettings, index, PlanLayout.Row.cacheSetting)
            guard let kind = CacheSettingKind(rawValue: place.word(0)) else {
                throw PlanRefusal(name, "cache setting \(place.word(0)) is unknown")
            }
            let number = place.number(8)
            let isSound: Bool
            switch kind {
            case .eligible, .staleWhileUpdating: isSound = (0...1).contains(number)
            case .edgeTTL: isSound = (-3...4_294_967_295).contains(number)
            case .browserTTL: isSound = (-2...4_294_967_295).contains(number)
            case .statusTTL:
                let follows = before == .edgeTTL || before == .statusTTL
                let (first, last) = (place.word(4) & 0xFFFF, place.word(4) >> 16)
                isSound = follows && first <= last && (-1...4_294_967_295).contains(number)
            case .key:
                try requireUTF8(place + 8, name)
                isSound = true
            }
            guard isSound, kind == .statusTTL || place.word(4) == 0 else {
                throw PlanRefusal(name, "cache setting \(place.word(0)) with \(number)")
            }
            before = kind
        }
    }
}
