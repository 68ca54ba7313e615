package import EdgeModel

/// What every `ConfigurationStore` promises, as checks that any implementation can be put through.
package enum StoreContract {
    /// Two openings of one store; with one connection each where the implementation has such.
    package struct Pair: Sendable {
        package var first: any ConfigurationStore
        package var second: any ConfigurationStore
        package init(_ first: any ConfigurationStore, _ second: any ConfigurationStore) {
            self.first = first
            self.second = second
        }
    }

    /// One promise. `run` gets a fresh, empty store and throws `Broken` when the promise is.
    package struct Check: Sendable, CustomStringConvertible {
        package var description: String
        package var run: @Sendable (Pair) async throws -> Void

        init(_ description: String, _ run: @escaping @Sendable (Pair) async throws -> Void) {
            self.description = description
            self.run = run
        }
    }

    package static let checks = content + serving + lists + journal + fleet + history + transactions
}

/// A promise that was not kept.
package struct Broken: Error, CustomStringConvertible {
    package var description: String
    package init(_ description: String) { self.description = description }
}

func expect(_ holds: Bool, _ what: String, line: Int = #line) throws {
    guard holds else { throw Broken("line \(line): \(what)") }
}

func expect<T: Equatable>(_ found: T, is wanted: T, _ what: String = "", line: Int = #line) throws {
    guard found == wanted else { throw Broken("line \(line): \(what) is \(found), not \(wanted)") }
}

/// A write that the store must refuse, leaving everything as it was.
func expectRefusal(
    _ store: any ConfigurationStore, _ what: String, line: Int = #line, _ body: (any StoreWriting) throws -> Void
) throws {
    let before = try StoreImage(of: store)
    do {
        try store.write(body)
    } catch let error as StoreError {
        guard error.code == .refused else { throw Broken("line \(line): \(what): \(error)") }
        guard !error.place.isEmpty, !error.message.isEmpty, !error.remedy.isEmpty else {
            throw Broken("line \(line): \(what): the refusal does not say where, what or what to do: \(error)")
        }
        for word in ["INSERT", "UPDATE", "SELECT", "DELETE", "constraint"] where error.message.contains(word) {
            throw Broken("line \(line): \(what): the refusal speaks SQL: \(error.message)")
        }
        return try expect(try StoreImage(of: store), is: before, "\(what): the store after the refusal", line: line)
    }
    throw Broken("line \(line): \(what) was not refused")
}
