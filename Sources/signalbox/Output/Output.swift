internal import ArgumentParser
internal import EdgeModel
internal import Glibc
internal import Synchronization

/// Where everything that a verb says goes: answers to standard output in the form asked for, notes to standard error.
struct Output: Sendable {
    enum Format: String, CaseIterable, Sendable, ExpressibleByArgument { case table, json, jsonl, name }

    var format: Format
    /// Notes are left out; answers and errors are not.
    var quiet = false
    /// Columns of the terminal that standard output is; nil: it is none.
    var width: Int?
    var colours = false
    var errorColours = false
    var now: Timestamp
    /// Takes the place of the descriptors, for tests and for what is shown again.
    var sink: (@Sendable (Stream, String) -> Void)?

    enum Stream: Int32, Sendable {
        case standard = 1
        case error = 2
    }

    var isJSON: Bool { format == .json || format == .jsonl }
    var isTerminal: Bool { width != nil }

    // MARK: answers

    func list(_ listing: Listing) {
        switch format {
        case .json: line(SafeText(json: .array(listing.rows.map(\.document)), pretty: true))
        case .jsonl: for row in listing.rows { line(SafeText(json: row.document, pretty: false)) }
        case .name: for row in listing.rows { line(SafeText(row.name)) }
        case .table: if !listing.rows.isEmpty { table(listing) }
        }
    }

    /// One thing: its text, its document or its name.
    func show(_ name: String, _ document: DocumentValue, text: () -> [Piece]) {
        switch format {
        case .json: line(SafeText(json: document, pretty: true))
        case .jsonl: line(SafeText(json: document, pretty: false))
        case .name: line(SafeText(name))
        case .table: pieces(text())
        }
    }

    /// What a change came to. Without `--output` it is one line that `--quiet` leaves out.
    func done(_ name: String, _ document: DocumentValue, _ text: SafeText) {
        if format == .table {
            if !quiet { line(text) }
        } else {
            show(name, document) { [] }
        }
    }

    /// Text in lines, each with a style.
    struct Piece {
        var text: SafeText
        var style: Style = .plain
        init(_ text: SafeText, _ style: Style = .plain) {
            self.text = text
            self.style = style
        }
    }

    func pieces(_ pieces: [Piece]) {
        for piece in pieces { write(styled(piece.text, piece.style, colours) + "\n", to: .standard) }
    }

    func line(_ text: SafeText) { write(text.text + "\n", to: .standard) }

    func table(_ listing: Listing) {
        let rows = listing.rows.map { row in row.cells.map(piece) }
        for line in Table(columns: listing.columns, rows: rows, width: width).lines {
            let text = line.map { styled($0.text, $0.style, colours) }.joined()
            write(trimmedEnd(text) + "\n", to: .standard)
        }
    }

    private func piece(_ cell: Listing.Cell) -> Table.Piece {
        switch cell {
        case .text(let text, let style): Table.Piece(text: text, style: style)
        case .time(nil): Table.Piece(text: "-", style: .dim)
        case .time(let time?):
            Table.Piece(text: isTerminal ? TimeText.forPeople(time, now: now) : "\(time)", style: .plain)
        }
    }

    private func trimmedEnd(_ text: String) -> String {
        var text = text[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    /// A time inside a sentence.
    func time(_ time: Timestamp) -> SafeText { isTerminal ? TimeText.forPeople(time, now: now) : "\(time)" }

    /// A program text of our own, as it is.
    func script(_ text: String) { write(text.hasSuffix("\n") ? text : text + "\n", to: .standard) }

    // MARK: beside the answer

    /// What helps people and is no part of the answer.
    func note(_ text: SafeText, _ style: Style = .plain) {
        if !quiet { write(styled(text, style, errorColours) + "\n", to: .error) }
    }

    /// Whether somebody reads that could follow a hint: what is made for programs gets none, on neither stream.
    var tellsHints: Bool { format == .table && !quiet }

    /// The next command, for people.
    func hint(_ text: SafeText) {
        if tellsHints { note(text, .dim) }
    }

    func error(_ text: SafeText, _ style: Style = .plain) {
        write(styled(text, style, errorColours) + "\n", to: .error)
    }

    /// Without a line end: for questions.
    func ask(_ text: SafeText) { write(text.text, to: .error) }

    private func styled(_ text: SafeText, _ style: Style, _ colours: Bool) -> String {
        guard colours, let code = style.code, !text.isEmpty else { return text.text }
        return "\u{1B}[\(code)m\(text.text)\u{1B}[0m"
    }

    private func write(_ text: String, to stream: Stream) {
        if let sink { return sink(stream, text) }
        Self.write(text, to: stream)
    }

    private static let lost = Atomic<Int32>(0)

    /// Why a part of the answers never reached standard output; nil: all of them did.
    static var loss: ErrorReport? {
        let code = lost.load(ordering: .relaxed)
        guard code != 0 else { return nil }
        return ErrorReport(
            .io, at: "standard output", "the answer could not be written whole: \(String(cString: strerror(code)))",
            remedy: "make room there or write elsewhere, then ask again; what the command changed is changed")
    }

    /// As it is: only for what an output has made.
    static func write(_ text: String, to stream: Stream) {
        var text = text
        text.withUTF8 { bytes in
            var done = 0
            while done < bytes.count {
                let count = Glibc.write(stream.rawValue, bytes.baseAddress.map { $0 + done }, bytes.count - done)
                if count < 0 {
                    if errno == EINTR { continue }
                    // A reader that has gone wants no more; anything else has lost a part of the answer.
                    if stream == .standard, errno != EPIPE { lost.store(errno, ordering: .relaxed) }
                    return
                }
                done += count
            }
        }
    }
}
