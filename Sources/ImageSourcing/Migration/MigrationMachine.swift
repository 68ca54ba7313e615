/// What a migration does next: a pure decision. Events in, actions out; the engine carries them out.
package struct MigrationMachine: Sendable {
    package enum Phase: String, Hashable, Sendable, Codable, CaseIterable {
        /// Names come in, and images go out meanwhile.
        case listing
        /// All names are known.
        case running
        /// A later pass looks for what came or changed meanwhile.
        case completing
        case paused, completed, failed, aborted

        /// Whether nothing happens any more unless somebody resumes it.
        package var isOver: Bool {
            switch self {
            case .listing, .running, .completing: false
            case .paused, .completed, .failed, .aborted: true
            }
        }
    }

    package enum Event: Hashable, Sendable {
        case started
        /// A page was taken in; so many of its objects wait.
        case listed(waiting: Int, isLast: Bool)
        case listingFailed(ObjectFailure)
        /// So many objects were fetched from the ledger; fewer than asked for: there are no more now.
        case claimed(Int)
        /// One object is through; the failure, when it was one.
        case transferred(ObjectFailure?)
        case pause, abort
        case tuned(transfers: Int)
        /// The ledger cannot be written.
        case broke(String)
    }

    package enum Action: Hashable, Sendable {
        case list
        case claim(Int)
        /// Starts so many of the claimed objects.
        case transfer(Int)
        /// The listing begins anew.
        case beginPass(Int)
        /// The next claim begins with the first object that waits.
        case rewind
        case end(Phase)
    }

    /// Passes at most: a source that changes all the time is not followed for ever.
    package static let mostPasses = 10
    /// So many failures in a row, none of them the object's own fault, mean that the next one will fail too.
    private static let patience = 20

    package private(set) var pass: Int
    /// Why it failed; words for people.
    package private(set) var cause: ObjectFailure?
    private var transfers: Int
    private var wish = Phase.running
    private var isListed: Bool
    private var isListing = false
    private var isClaiming = false
    /// Objects may wait in the ledger that were not fetched.
    private var mayClaim = true
    private var claimed = 0
    private var inFlight = 0
    /// Objects that this pass found to do.
    private var found: Int
    private var streak = 0
    private var ended: Phase?
    private let listsOnce: Bool
    /// What was listed behind its place, as some stores do, was looked for.
    private var isSwept = false

    /// - Parameters:
    ///   - found: objects that wait from before, when a run is resumed.
    ///   - listsOnce: there is one pass.
    package init(transfers: Int, pass: Int = 1, isListed: Bool = false, found: Int = 0, listsOnce: Bool = false) {
        self.transfers = max(1, transfers)
        self.pass = pass
        self.isListed = isListed
        self.found = found
        self.listsOnce = listsOnce
    }

    package var phase: Phase { ended ?? (pass > 1 ? .completing : isListed ? .running : .listing) }

    package var transfersUnderWay: Int { inFlight }
    /// Transfers could go on that have nothing to do.
    package var idle: Int { max(0, transfers - inFlight) }
    package var isListingComplete: Bool { isListed }
    /// Whether it is to end as soon as nothing is under way.
    package var isStopping: Bool { wish != .running }

    package mutating func handle(_ event: Event) -> [Action] {
        guard ended == nil else { return [] }
        switch event {
        case .started: break
        case .listed(let waiting, let isLast):
            isListing = false
            isListed = isLast
            found += waiting
            mayClaim = mayClaim || waiting > 0
        case .listingFailed(let failure):
            isListing = false
            stop(failure)
        case .claimed(let count):
            isClaiming = false
            claimed += count
            mayClaim = count > 0
        case .transferred(let failure):
            inFlight -= 1
            judge(failure)
        case .pause: if wish == .running { wish = .paused }
        case .abort: if wish != .failed { wish = .aborted }
        case .tuned(let count): transfers = max(1, count)
        case .broke(let words): stop(ObjectFailure(.local, words))
        }
        return next()
    }

    private mutating func stop(_ failure: ObjectFailure) {
        cause = cause ?? failure
        wish = .failed
    }

    private mutating func judge(_ failure: ObjectFailure?) {
        guard let failure else {
            streak = 0
            return
        }
        switch failure.code {
        case .missing, .quota: stop(failure)
        case .denied, .unreachable, .timedOut, .unavailable, .throttled, .local:
            streak += 1
            if streak >= max(Self.patience, 2 * transfers) { stop(failure) }
        default: streak = 0
        }
    }

    private mutating func next() -> [Action] {
        guard wish == .running else {
            guard inFlight == 0, !isListing, !isClaiming else { return [] }
            ended = wish
            return [.end(wish)]
        }
        var actions: [Action] = []
        if !isListed, !isListing {
            isListing = true
            actions.append(.list)
        }
        let start = min(claimed, transfers - inFlight)
        if start > 0 {
            claimed -= start
            inFlight += start
            actions.append(.transfer(start))
        }
        if claimed < transfers, mayClaim, !isClaiming {
            isClaiming = true
            actions.append(.claim(max(64, 2 * transfers)))
        }
        guard isListed, !isListing, !isClaiming, !mayClaim, claimed == 0, inFlight == 0 else { return actions }
        if listsOnce, found > 0, !isSwept {
            (isSwept, isClaiming) = (true, true)
            return [.rewind, .claim(max(64, 2 * transfers))]
        }
        guard found > 0, pass < Self.mostPasses, !listsOnce else {
            ended = .completed
            return [.end(.completed)]
        }
        pass += 1
        (found, isListed, isListing, mayClaim) = (0, false, true, true)
        return [.beginPass(pass), .list]
    }
}
