extension Keymap {
    /// Everything that is wrong with the table: words that are no keys, keys with two meanings, keys that can never be
    /// reached. A test holds this empty.
    package var problems: [String] {
        bindings.flatMap { binding in
            binding.unreadable.map { "\(binding.action.rawValue): \"\($0)\" is no key" }
        } + clashes
    }

    private var clashes: [String] {
        var result: [String] = []
        for (place, binding) in bindings.enumerated() {
            for other in bindings[..<place] where other.action != binding.action || other.context == binding.context {
                let isSame = other.context == binding.context
                let isShadow = other.context == .everywhere || binding.context == .everywhere
                guard isSame || isShadow else { continue }
                // The inner context may take a key on purpose, but only the whole key.
                let inner = binding.context == .everywhere ? other : binding
                for key in binding.sequences {
                    for taken in other.sequences {
                        if key == taken, isSame || !inner.replaces {
                            result.append(clash(binding, other, "both have \(key.name)"))
                        } else if key.isPrefix(of: taken) || taken.isPrefix(of: key), isSame || !inner.replaces {
                            result.append(clash(binding, other, "\(key.name) and \(taken.name) begin alike"))
                        }
                    }
                }
            }
        }
        return result
    }

    private func clash(_ one: KeyBinding<Action>, _ two: KeyBinding<Action>, _ what: String) -> String {
        "\(two.action.rawValue) (\(two.context.rawValue)) and \(one.action.rawValue) (\(one.context.rawValue)): \(what)"
    }
}
