import CursesTerminal
import Glibc
import TerminalUI

/// The probe's commands.
struct Probe {
    let terminal: CursesTerminal
    let log: ProbeLog
    private var size = TerminalSize(columns: 80, rows: 24)
    private var counter = 0
    /// Milliseconds.
    private var repaints: [Double] = []
    private var modes = TerminalModes(title: "probe title")
    private var text: TerminalText = "ready"
    private var isRed = false
    private var cursor: Point?

    init(terminal: CursesTerminal, log: ProbeLog) {
        self.terminal = terminal
        self.log = log
    }

    mutating func run() async -> Int32 {
        let able = terminal.capabilities
        log.write(
            "open \(able.name) \(able.depth.rawValue) unicode \(able.isUnicode) mouse \(able.hasMouse) pid \(getpid())")
        for await event in terminal.events {
            log.write("event \(Self.describe(event))")
            switch event {
            case .terminated where getenv("PROBE_DEAF") != nil:
                // Somebody who does not end when asked to.
                let (never, open) = AsyncStream.makeStream(of: Never.self)
                for await _ in never {}
                open.finish()
            case .terminated(let reason):
                await terminal.close()
                if case .signal(let number) = reason { return 128 + number }
                return 129
            case .resize(let new):
                size = new
                await show()
            case .resumed: await show()
            case .key(let press):
                if press == KeyPress(.character("q")) {
                    await terminal.close()
                    log.write("closed")
                    return 0
                }
                await act(press)
            case .paste, .mouse, .focus: break
            }
        }
        return 70
    }

    private mutating func act(_ press: KeyPress) async {
        switch press.name {
        case "1":
            counter += 1
            await show()
        case "m":
            modes.mouse.toggle()
            await show()
        case "r":
            isRed.toggle()
            await show()
        case "k":
            cursor = cursor == nil ? Point(3, 1) : nil
            await show()
        case "w":
            text = TerminalText(untrusted: "作者 e\u{301} 한 ok")
            await show()
        case "h":
            text = TerminalText(untrusted: "a\u{1B}[31mb\u{9B}c\u{202E}d")
            await show()
        case "p":
            print("stray output")
            complain("stray error")
            await show()
        case "c":
            log.write("copied \(await terminal.copyToClipboard("hello"))")
        case "b": await terminal.bell()
        case "f": await flood()
        case "g":
            counter += 1
            await showPicture(counter)
        case "G":
            await terminal.repaint()
            await showPicture(counter)
        case "R": await repaintEverything()
        case "Q":
            log.write("repaints " + repaints.map { "\($0)" }.joined(separator: " "))
            repaints = []
        case "i": await idle()
        case "e": await outside()
        case "Ctrl-Z": await terminal.suspend()
        case "Ctrl-L":
            await terminal.repaint()
            log.write("repainted")
        case "x": fatalError("the probe was told to crash")
        case "a": abort()
        case "E": exit(3)
        case "v":
            // A write to nowhere, not in the terminal's thread.
            UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1
        default: break
        }
    }

    private func frame() -> Frame {
        var surface = Surface(size)
        surface.put("probe \(TerminalText(counter))", at: Point(0, 0), style: CellStyle(.title))
        surface.put(text, at: Point(0, 1), style: CellStyle(.statusBad))
        surface.put("\(TerminalText(size.columns))x\(TerminalText(size.rows))", at: Point(0, 2))
        surface.put("end", at: Point(max(0, size.columns - 4), size.rows - 1), style: CellStyle(.textMuted))
        return Frame(surface, cursor: cursor, modes: modes)
    }

    /// A picture of frames, colours, wide glyphs and blanks that is another for each number, and its text in the log.
    private func showPicture(_ number: Int) async {
        var dice = Dice(state: UInt64(number / 3))
        var surface = Surface(size)
        let roles: [Role] = [.text, .title, .statusBad, .statusOk, .tableCursor]
        let words: [TerminalText] = ["word", "shop@12", "→", "漢字", "e\u{301}", "a  b", "──────", "x"]
        surface.box(Rect(size), CellStyle(.border))
        for row in 1..<max(2, size.rows - 1) {
            // Every third picture is another one; the others differ in a few rows.
            var row = (place: row, dice: Dice(state: UInt64(number / 3 * 100 + row)))
            if row.place % 3 == number % 3 { row.dice = Dice(state: UInt64(number * 1_000 + row.place)) }
            var column = 2
            while column < size.columns - 12 {
                let word = words[Int(row.dice.next() % UInt64(words.count))]
                let role = roles[Int(row.dice.next() % UInt64(roles.count))]
                if row.dice.next() % 3 > 0 {
                    surface.put(word, at: Point(column, row.place), style: CellStyle(role))
                } else if row.dice.next() % 2 > 0 {
                    surface.fill(
                        Rect(column: column, row: row.place, width: 9, height: 1), CellStyle(.text, on: .tableCursor))
                }
                column += 3 + Int(row.dice.next() % 9)
            }
        }
        if dice.next() % 2 > 0 { surface.fill(Rect(column: 8, row: 3, width: 30, height: 4), CellStyle(.dialog)) }
        let receipt = await terminal.present(Frame(surface, modes: modes), theme())
        for row in 0..<size.rows { log.write("row \(number) \(row) \(surface.text(row: row))") }
        log.write("picture \(number) bytes \(receipt.bytes)")
    }

    private func theme() -> ResolvedTheme {
        let depth = terminal.capabilities.depth
        let color: TerminalColor
        switch depth {
        case .mono: color = .standard
        case .sixteen: color = .indexed(isRed ? 9 : 12)
        case .indexed256: color = .indexed(isRed ? 196 : 33)
        case .direct: color = isRed ? .direct(red: 255, green: 107, blue: 107) : .direct(red: 90, green: 176, blue: 255)
        }
        return ResolvedTheme(
            name: isRed ? "red" : "blue", depth: depth,
            looks: [
                .title: .init(emphasis: .bold), .statusBad: .init(foreground: color, emphasis: .underline),
                .statusOk: .init(foreground: depth == .mono ? .standard : .indexed(2)),
                .tableCursor: .init(background: depth == .mono ? .standard : .indexed(4), emphasis: .reverse),
            ])
    }

    private func show() async {
        let receipt = await terminal.present(frame(), theme())
        log.write("shown \(counter) bytes \(receipt.bytes) rows \(receipt.changedRows)")
    }

    /// More frames than any terminal could want, faster than it takes them.
    private mutating func flood() async {
        let theme = theme()
        let terminal = terminal
        let size = size
        var surfaces = [Surface(size), Surface(size)]
        surfaces[0].fill(Rect(size), with: "#")
        surfaces[1].fill(Rect(size), with: ".")
        let modes = modes
        let frames = surfaces.map { Frame($0, modes: modes) }
        log.write("flooding")
        let shown = await withTaskGroup(of: Int.self) { group in
            for index in 0..<2_000 {
                var frame = frames[index % 2]
                frame.surface.put("frame \(TerminalText(index))", at: Point(0, 0))
                let picture = frame
                group.addTask { await terminal.present(picture, theme).bytes > 0 ? 1 : 0 }
            }
            return await group.reduce(0, +)
        }
        var last = Surface(size)
        last.put("the newest", at: Point(0, 0))
        _ = await terminal.present(Frame(last, modes: modes), theme)
        log.write("flooded \(shown) of 2000")
    }

    /// A picture in which every cell differs from the last one.
    private mutating func repaintEverything() async {
        counter += 1
        let styles: [CellStyle] = [
            .plain, CellStyle(.title), CellStyle(.statusBad), CellStyle(.statusOk), CellStyle(.statusWarn),
            CellStyle(.textMuted), CellStyle(.match), CellStyle(.tableCursor),
        ]
        let line = TerminalText(untrusted: String(repeating: counter % 2 == 0 ? "even 0 " : "odd row", count: 40))
        var surface = Surface(size)
        for row in 0..<size.rows { surface.put(line, at: Point(0, row), style: styles[(row + counter) % styles.count]) }
        let frame = Frame(surface, modes: modes)
        let theme = theme()
        let start = ContinuousClock.now
        await terminal.present(frame, theme)
        repaints.append((ContinuousClock.now - start) / .milliseconds(1))
    }

    /// Turns of the terminal's thread, and how often it went to sleep by itself.
    private func idle() async {
        log.write("idle turns \(CursesTerminal.turns) switches \(Self.switches())")
    }

    private static func switches() -> Int {
        guard let tasks = opendir("/proc/self/task") else { return -1 }
        defer { closedir(tasks) }
        while let entry = readdir(tasks) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            let folder = "/proc/self/task/" + name
            guard content(folder + "/comm") == "terminal\n" else { continue }
            let line = content(folder + "/status").split(separator: "\n").first {
                $0.hasPrefix("voluntary_ctxt_switches:")
            }
            return line.flatMap { Int($0.split(separator: "\t").last ?? "") } ?? -1
        }
        return -1
    }

    private static func content(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 8_192)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    private func outside() async {
        let log = log
        await terminal.runOutside {
            log.write("outside")
            var pid = pid_t()
            let line = getenv("PROBE_EDITOR").map { String(cString: $0) } ?? "true"
            let arguments: [String] = ["sh", "-c", line]
            let words = arguments.map { strdup($0) }
            guard posix_spawnp(&pid, "sh", nil, nil, words + [nil], environ) == 0 else { return }
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
            log.write("editor \(status)")
        }
    }

    private static func describe(_ event: InputEvent) -> String {
        switch event {
        case .key(let press): "key \(press.name)"
        case .paste(let text): "paste " + text.unicodeScalars.map { String($0.value, radix: 16) }.joined(separator: " ")
        case .mouse(let mouse):
            "mouse \(mouse.action) \(mouse.button) \(mouse.point.column),\(mouse.point.row) \(mouse.modifiers.rawValue)"
        case .resize(let size): "resize \(size.columns)x\(size.rows)"
        case .focus(let has): "focus \(has)"
        case .resumed: "resumed"
        case .terminated(.signal(let number)): "terminated \(number)"
        case .terminated(.lost): "terminated lost"
        }
    }
}
