internal import EdgeModel
internal import EdgePlan
internal import FoundationEssentials

/// Where the digests of all zones are kept from one command to the next. Whatever is kept may be lost at any time: it
/// saves the compiling of zones that did not change and decides nothing.
package protocol LeafCache: Sendable {
    /// What was kept last; nil: nothing.
    func load() -> [UInt8]?
    func keep(_ bytes: [UInt8])
}

/// The digests of all zones as of one outline.
package struct LeafBook: Hashable, Sendable {
    var outline: EdgeOutline
    var leaves: EdgeLeaves

    /// Names the form of what is kept, and the form in which plans are hashed.
    private static let title = "signalbox-leaves 1 \(PlanFormat.number)"

    init(_ outline: EdgeOutline, _ leaves: EdgeLeaves) {
        self.outline = outline
        self.leaves = leaves
    }

    /// Five lines and the texts of the groups: title, digest of what follows, outline, and for each network the lengths
    /// and digests of its groups.
    var bytes: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            var rest = Array(try encoder.encode(outline))
            for network in [leaves.production, leaves.lower] {
                let groups = network.content.map { "\($0.text.count) \($0.digest?.rawValue ?? "-")" }
                rest += Array(("\n" + groups.joined(separator: ",")).utf8)
            }
            rest.append(UInt8(ascii: "\n"))
            for group in leaves.production.content + leaves.lower.content { rest += group.text }
            return Array("\(Self.title)\n\(Digest.sha256(of: rest))\n".utf8) + rest
        }
    }

    /// nil: it was written by another program, or is not whole.
    init?(_ bytes: [UInt8]) {
        let newline = UInt8(ascii: "\n")
        let head = bytes.prefix(Self.title.utf8.count + 1 + 64 + 1)
        let rest = bytes.dropFirst(head.count)
        guard head.elementsEqual("\(Self.title)\n\(Digest.sha256(of: Array(rest)))\n".utf8) else { return nil }
        let lines = rest.split(separator: newline, maxSplits: 3, omittingEmptySubsequences: false)
        guard lines.count == 4, let outline = try? JSONDecoder().decode(EdgeOutline.self, from: Data(lines[0])) else {
            return nil
        }
        var text = lines[3]
        var networks: [ZoneLeaves] = []
        for line in lines[1...2] {
            var groups: [ZoneLeaves.Group] = []
            for group in line.split(separator: UInt8(ascii: ",")) {
                let words = String(decoding: group, as: UTF8.self).split(separator: " ")
                guard words.count == 2, let count = Int(words[0]), count >= 0, count <= text.count else { return nil }
                groups.append(.init(text: Array(text.prefix(count)), digest: Digest(rawValue: String(words[1]))))
                text = text.dropFirst(count)
            }
            guard let leaves = ZoneLeaves(groups) else { return nil }
            networks.append(leaves)
        }
        self.init(outline, EdgeLeaves(production: networks[0], lower: networks[1]))
    }
}

extension LeafBook {
    /// The digests as of what the store says now: of what was kept, those of zones that were touched since are made
    /// anew.
    /// - Parameter plan: what is live, where it was compiled as a whole anyway.
    static func current(
        _ outline: EdgeOutline, kept: LeafBook?, plan: EdgePlan?, in tx: any StoreReading
    ) throws -> LeafBook {
        if let plan { return LeafBook(outline, EdgeLeaves(plan)) }
        if let kept, let touched = outline.zonesTouched(since: kept.outline), touched.count <= Planner.mostZones {
            guard !touched.isEmpty else { return LeafBook(outline, kept.leaves) }
            let part = PlanCompiler.compile(try ControlPlane.snapshot(of: touched, in: tx)).0
            return LeafBook(outline, kept.leaves.replacing(touched, by: part))
        }
        return LeafBook(outline, EdgeLeaves(PlanCompiler.compile(try ControlPlane.snapshot(in: tx)).0))
    }
}

/// What `ControlPlane` keeps its digests in.
struct LeafKeeper: Sendable {
    let cache: (any LeafCache)?

    func load() -> LeafBook? { cache?.load().flatMap { LeafBook($0) } }

    func keep(_ book: LeafBook) {
        guard let cache, let bytes = try? book.bytes else { return }
        cache.keep(bytes)
    }
}
