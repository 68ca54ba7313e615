import Glibc
import Testing

@testable import TerminalUI

@Suite("Text width")
struct TextWidthTests {
    /// Curses asks the C library, so every code point is asked there too.
    @Test func theTableIsTheCLibrarys() throws {
        typealias WidthFunction = @convention(c) (Int32) -> Int32
        let symbol = try #require(dlsym(UnsafeMutableRawPointer(bitPattern: 0), "wcwidth"))
        let wcwidth = unsafeBitCast(symbol, to: WidthFunction.self)
        let locale = try #require(newlocale(LC_CTYPE_MASK, "C.UTF-8", nil))
        let before = uselocale(locale)
        defer {
            uselocale(before)
            freelocale(locale)
        }
        // Another release of the C library knows another Unicode: then only what both have assigned is compared.
        typealias VersionFunction = @convention(c) () -> UnsafePointer<CChar>
        let version = try #require(dlsym(UnsafeMutableRawPointer(bitPattern: 0), "gnu_get_libc_version"))
        let same = String(cString: unsafeBitCast(version, to: VersionFunction.self)()) == "2.36"
        var differences: [String] = []
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let theirs = Int(wcwidth(Int32(value)))
            let ours = TextWidth.of(scalar) ?? -1
            // NUL is width 0 in C: the end of a string.
            if ours != theirs, value != 0, same || (ours >= 0 && theirs >= 0) {
                differences.append("U+\(String(value, radix: 16, uppercase: true)): ours \(ours), theirs \(theirs)")
            }
        }
        #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(20))")
    }
}
