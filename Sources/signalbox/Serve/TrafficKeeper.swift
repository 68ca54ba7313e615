internal import EdgeModel
internal import EdgePlan
internal import FoundationEssentials
internal import Logging

/// Observes what the nodes tell: keeps it in the store, ten seconds at a time, and answers what is live now.
///
/// It writes over a connection of its own, so that it never holds up what is published, nor what others write for longer
/// than one short transaction takes. What cannot be written is kept and written later, as far as there is room.
actor TrafficKeeper {
    private let history: any FiguresHistory
    private let dataPlane: any DataPlane
    private let log: Logger
    private var meters: [ResourceName: TrafficMeter] = [:]
    private var recorder = FiguresRecorder()
    private var window = LiveWindow()
    private var failing = FailingRequests()
    private var notes: FleetNotes
    private var records: [TrafficRecord] = []
    private var told: [FleetNote] = []
    private var isWriting = false
    private var isFailing = false

    /// Rows that wait for a store that takes nothing: an hour of a usual edge, some megabytes.
    private static let mostRecords = 20_000

    /// - Parameter store: one that nobody else uses.
    init(store: any ConfigurationStore, dataPlane: any DataPlane, log: Logger) throws {
        history = store.history
        self.dataPlane = dataPlane
        self.log = log
        notes = FleetNotes(try store.read { try FleetNotes.statuses(in: $0) })
    }

    func handle(_ event: FleetEvent) {
        told += notes.handle(event)
        guard case .reported(let report) = event.kind else { return }
        let delta = meters[report.node, default: TrafficMeter()].take(report, at: event.at)
        recorder.take(delta)
        window.take(delta)
        failing.take(report)
    }

    /// Called every second: writes what is ready.
    func save() async {
        records += recorder.takeClosed(at: TimeText.now())
        await write()
    }

    /// Writes everything, the ten seconds that are not over too: a server that begins within them adds to them.
    func finish() async {
        records += recorder.takeAll()
        await write()
    }

    private func write() async {
        guard !isWriting, !records.isEmpty || !told.isEmpty else { return }
        isWriting = true
        defer { isWriting = false }
        let (rows, notes) = (records, told)
        (records, told) = ([], [])
        do {
            try await Self.append(rows, notes, to: history)
            isFailing = false
        } catch {
            records = (rows + records).suffix(Self.mostRecords)
            told = (notes + told).suffix(FiguresRetention.notes)
            if !isFailing { log.warning("figures not kept yet: \(ErrorReport(error).message)") }
            isFailing = true
        }
    }

    /// Beside the actor, which goes on listening.
    @concurrent
    private static func append(
        _ records: [TrafficRecord], _ notes: [FleetNote], to history: any FiguresHistory
    ) async throws {
        let oldest = TimeText.now().advanced(byMilliseconds: -FiguresRetention.time)
        try history.append(records, notes, forgettingBefore: oldest)
    }

    /// What is live now.
    var picture: LivePicture {
        get async {
            let fleet = await dataPlane.fleet().status
            return LivePicture(window: window, fleet: fleet, failing: failing, at: TimeText.now())
        }
    }

    /// The same as one line of JSON.
    var live: String {
        get async {
            let picture = await picture
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            guard let data = try? encoder.encode(picture) else { return "{}" }
            return String(decoding: data, as: UTF8.self)
        }
    }
}

extension FleetNotes {
    /// What the store knew last. A status is derived data: one that cannot be read is as good as none.
    fileprivate static func statuses(in tx: any StoreReading) throws -> [ResourceName: NodeStatus] {
        try tx.nodeStatuses().compactMapValues { try? JSONDecoder().decode(NodeStatus.self, from: Data($0.utf8)) }
    }
}
