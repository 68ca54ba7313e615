/// Two texts side by side, word by word: what stayed, what went, what came.
///
/// A word is a run of letters, digits and `_ . / -`, or one other character; spaces belong to the word before them.
package struct WordDiff: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable { case same, removed, added }

    package struct Run: Hashable, Sendable {
        package var kind: Kind
        package var text: String
        package init(_ kind: Kind, _ text: String) {
            self.kind = kind
            self.text = text
        }
    }

    /// Joined, runs other than `added` are the old text, runs other than `removed` the new one.
    package let runs: [Run]

    /// Beyond so many words on both sides together, times each other, the middle is told as replaced.
    private static let mostPairs = 1_000_000

    package init(from old: String, to new: String) {
        let (before, after) = (Self.words(old), Self.words(new))
        var head = 0
        while head < min(before.count, after.count), before[head] == after[head] { head += 1 }
        var tail = 0
        while tail < min(before.count, after.count) - head,
            before[before.count - 1 - tail] == after[after.count - 1 - tail]
        {
            tail += 1
        }
        let middle = Self.middle(before[head..<(before.count - tail)], after[head..<(after.count - tail)])
        let all =
            before[..<head].map { Run(.same, $0) } + middle + before[(before.count - tail)...].map { Run(.same, $0) }
        runs = all.reduce(into: []) { runs, run in
            if let last = runs.last, last.kind == run.kind {
                runs[runs.count - 1].text += run.text
            } else {
                runs.append(run)
            }
        }
    }

    /// `[-removed-]` and `{+added+}` among what stayed.
    package var marked: String {
        runs.map { run in
            switch run.kind {
            case .same: run.text
            case .removed: "[-\(run.text)-]"
            case .added: "{+\(run.text)+}"
            }
        }.joined()
    }

    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var isInWord = false
        for character in text {
            let isPart = character.isLetter || character.isNumber || "_./-".contains(character)
            if character == " ", !words.isEmpty {
                words[words.count - 1].append(character)
                isInWord = false
            } else if isPart, isInWord {
                words[words.count - 1].append(character)
            } else {
                words.append(String(character))
                isInWord = isPart
            }
        }
        return words
    }

    /// The longest common words in order; what is between them went and came.
    private static func middle(_ old: ArraySlice<String>, _ new: ArraySlice<String>) -> [Run] {
        let (before, after) = (Array(old), Array(new))
        guard before.count * after.count <= mostPairs else {
            return before.map { Run(.removed, $0) } + after.map { Run(.added, $0) }
        }
        let width = after.count + 1
        var lengths = [Int32](repeating: 0, count: (before.count + 1) * width)
        for left in before.indices.reversed() {
            for right in after.indices.reversed() {
                lengths[left * width + right] =
                    before[left] == after[right]
                    ? lengths[(left + 1) * width + right + 1] + 1
                    : max(lengths[(left + 1) * width + right], lengths[left * width + right + 1])
            }
        }
        var runs: [Run] = []
        var (left, right) = (0, 0)
        while left < before.count, right < after.count {
            if before[left] == after[right] {
                runs.append(Run(.same, before[left]))
                (left, right) = (left + 1, right + 1)
            } else if lengths[(left + 1) * width + right] >= lengths[left * width + right + 1] {
                runs.append(Run(.removed, before[left]))
                left += 1
            } else {
                runs.append(Run(.added, after[right]))
                right += 1
            }
        }
        return runs + before[left...].map { Run(.removed, $0) } + after[right...].map { Run(.added, $0) }
    }
}
