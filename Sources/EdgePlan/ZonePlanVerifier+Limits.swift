internal import RulesLanguage

extension VerifierRun {
    /// A limit's record: every number in its range, every text in the pool, as many characteristics as it announces.
    mutating func verifyLimit(_ value: ValueView, number: UInt32, _ name: String, _ phase: Phase) throws(PlanRefusal) {
        guard number == nextLimit else { throw PlanRefusal(name, "its limit is not number \(nextLimit)") }
        nextLimit += 1
        guard case .literal(let record) = value, let place = record.baseAddress,
            record.count >= LimitLayout.characteristics
        else { throw PlanRefusal(name, "its limit is missing") }
        let count = Int(place.word(LimitLayout.characteristicCount))
        guard count <= LimitPlan.mostCharacteristics,
            record.count == LimitLayout.characteristics + count * LimitLayout.characteristicSize
        else { throw PlanRefusal(name, "its limit has \(count) characteristics in \(record.count) bytes") }
        let row = LimitRow(pool: view.pool, row: place)
        guard LimitPlan.periods.contains(row.period), LimitPlan.requestCounts.contains(row.requests),
            LimitPlan.mitigations.contains(row.mitigation), place.word(LimitLayout.atResponse) <= 1
        else { throw PlanRefusal(name, "a limit of \(row.requests) in \(row.period) s for \(row.mitigation) s") }
        let (type, body) = (place + LimitLayout.contentType, place + LimitLayout.body)
        if let status = row.status {
            guard LimitPlan.statuses.contains(status) else { throw PlanRefusal(name, "a limit with status \(status)") }
            try requireValue(try requireText(type, name), name)
            guard try requireText(body, name).count <= PlanFormat.maximumBody else {
                throw PlanRefusal(name, "the body of its limit is too large")
            }
        } else {
            guard try text(type, name) == nil, try text(body, name) == nil else {
                throw PlanRefusal(name, "an answer without a status")
            }
        }
        if let program = row.counting {
            let fields = try self.program(program, .filter, name)
            note(fields, in: row.countsAtResponse ? .responseHeadersTransform : phase)
        } else if row.countsAtResponse {
            throw PlanRefusal(name, "nothing says which responses count")
        }
        for index in 0..<count { try verifyCharacteristic(row, index, name, phase) }
    }

    private mutating func verifyCharacteristic(
        _ row: LimitRow, _ index: Int, _ name: String, _ phase: Phase
    ) throws(PlanRefusal) {
        let place = row.row + LimitLayout.characteristics + index * LimitLayout.characteristicSize
        guard let kind = CharacteristicKind(rawValue: place.word(0)) else {
            throw PlanRefusal(name, "characteristic number \(place.word(0)) is unknown")
        }
        var fields = FieldSet()
        switch kind {
        case .client, .host, .path:
            guard try text(place + 8, name) == nil else { throw PlanRefusal(name, "\(kind) has no name") }
        case .header:
            fields.insert(.headers)
            guard HeaderNames.isLowerCaseToken(try requireText(place + 8, name)) else {
                throw PlanRefusal(name, "a characteristic is no header name")
            }
        case .cookie:
            fields.insert(.cookies)
            guard !(try requireUTF8(place + 8, name)).isEmpty else { throw PlanRefusal(name, "a cookie has no name") }
        }
        note(fields, in: phase)
        if row.countsAtResponse { note(fields, in: .responseHeadersTransform) }
    }
}
