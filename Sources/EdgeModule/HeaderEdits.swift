internal import CEnvoyModule
internal import EdgeEngine
internal import EdgePlan
internal import RulesLanguage

/// Carries a decision's header edits out.
enum HeaderEdits {
    /// More at once than rules of one request usually ask for; the others are set without looking.
    private static let most = 64

    /// Setting a header makes Envoy look for it first, and for the first one it builds a look-up table; adding one
    /// that is not there comes to the same and costs a fraction.
    ///
    /// - Parameter present: the message's headers before any of the edits, in Envoy's memory.
    static func apply(
        _ edits: UnsafeBufferPointer<HeaderEdit>, _ stream: Stream, isResponse: Bool, present: MessageHeaders
    ) {
        // All are looked up before the first is carried out: edits free memory in which names lie.
        var isNew: UInt64 = 0
        var names = present.names
        var index = 0
        while index < edits.count, index < most {
            let name = edits[index].name
            if isSetting(edits[index]),
                !names.mayContain(name) || (!has(edits, before: index, name) && !has(present.all, name))
            {
                isNew |= 1 &<< UInt64(index)
            }
            names.insert(name)
            index &+= 1
        }
        for index in edits.indices {
            let edit = edits[index]
            switch edit.operation {
            case .set where index < most && isNew &>> UInt64(index) & 1 == 1, .add:
                stream.add(edit.name, edit.value, isResponse: isResponse)
            case .set: stream.set(edit.name, edit.value, isResponse: isResponse)
            case .remove: stream.remove(edit.name, isResponse: isResponse)
            }
        }
    }

    @inline(__always)
    private static func isSetting(_ edit: HeaderEdit) -> Bool { if case .set = edit.operation { true } else { false } }

    @inline(__always)
    private static func has(
        _ edits: UnsafeBufferPointer<HeaderEdit>, before end: Int, _ name: UnsafeRawBufferPointer
    ) -> Bool {
        var index = 0
        while index < end {
            if edits[index].name.isSame(as: name) { return true }
            index &+= 1
        }
        return false
    }

    @inline(__always)
    private static func has(
        _ headers: UnsafeBufferPointer<FieldTable.Pair>, _ name: UnsafeRawBufferPointer
    ) -> Bool {
        var index = 0
        while index < headers.count {
            if headers[index].key.isSame(as: name) { return true }
            index &+= 1
        }
        return false
    }
}
