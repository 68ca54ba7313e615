/// A document in the part of TOML that themes and key maps are written in, with the place of every key.
///
/// Tables, dotted and quoted keys, strings on one line, whole numbers, true and false, arrays over any number of lines
/// and inline tables (TOML 1.0.0). Not dates, fractions, multi-line strings and arrays of tables: they are told as
/// faults. Our own, because the parser at hand (toml++ 3.4 behind TOMLKit) stops the process on `[{`, and does not tell
/// where a value stands.
struct TOMLText {
    let root: TOMLTable

    /// Throws the first fault of the text.
    init(_ text: String) throws(TextFault) {
        var parser = TOMLParser(text)
        root = try parser.document()
    }

    /// Where a key stands, or its table when there is no such key, or the beginning.
    func fault(_ path: [String], _ message: String) -> TextFault {
        var table: TOMLTable? = root
        var place = TextPlace(line: 1, column: 1)
        for key in path {
            place = table?.place(of: key) ?? place
            table = table?[key]?.table
        }
        return TextFault(line: place.line, column: place.column, message)
    }
}
