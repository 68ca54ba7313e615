import FoundationEssentials
import PostfixEndpoints
import TestKit
import Testing

/// A setup that cannot be finished leaves the configuration as it was, with nothing beside it. What Postfix's tools and the
/// disk do wrong is played; the files are real.
@Suite("A setup that fails")
struct PostfixSetupTests {
    private static let stamp = "1"

    /// Where it goes wrong.
    enum Fault: CaseIterable {
        /// The disk is full while the second copy is written, or the first half of main.cf.
        case copying, writing
        case addingTheService, checking
    }

    @Test(arguments: Fault.allCases)
    func whateverGoesWrongTheOldFilesAreBack(_ fault: Fault) throws {
        let folder = try Self.configuration()
        let setup = PostfixSetup(configuration: folder.path) { words in
            if let answer = Self.reading(words) { return answer }
            switch (words[0], words.contains("-M"), fault) {
            case ("cp", _, .copying) where words.contains(where: { $0.hasSuffix("/master.cf") }):
                try folder.write("serv", to: "master.cf.before-signalbox-\(Self.stamp)")
                return (1, "", "cp: error writing: No space left on device")
            case ("postconf", false, .writing):
                try folder.write("half", to: "main.cf")
                return (1, "", "postconf: fatal: write main.cf.tmp: No space left on device")
            case ("postconf", true, .addingTheService): return (1, "", "postconf: fatal: no")
            case ("postfix", _, .checking): return (1, "", "")
            case ("postconf", let isMaster, _):
                try folder.write("changed", to: isMaster ? "master.cf" : "main.cf")
                return (0, "", "")
            default: return try Self.done(words)
            }
        }
        let settings = PostfixSettings(sockets: "signalbox")
        #expect(throws: PostfixSetup.Failure.self) { _ = try setup.apply(settings, stamp: Self.stamp) }
        #expect(try folder.read("main.cf") == "myhostname = mx.test\n")
        #expect(try folder.read("master.cf") == "smtp inet n - n - - smtpd\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["main.cf", "master.cf"])
    }

    @Test func filesThatCannotBePutBackAreNamedWithTheirCopies() throws {
        let folder = try Self.configuration()
        let setup = PostfixSetup(configuration: folder.path) { words in
            if let answer = Self.reading(words) { return answer }
            switch words[0] {
            case "postfix": return (1, "", "it is not good")
            case "mv": return (1, "", "mv: no")
            case "postconf": return (0, "", "")
            default: return try Self.done(words)
            }
        }
        let failure = #expect(throws: PostfixSetup.Failure.self) {
            _ = try setup.apply(PostfixSettings(sockets: "signalbox"), stamp: Self.stamp)
        }
        let copy = folder.path("main.cf.before-signalbox-1")
        #expect(failure?.remedy == "mv \(copy) \(folder.path("main.cf"))")
        #expect(failure?.message.contains("it is not good") == true && failure?.message.contains("mv: no") == true)
        #expect(try folder.read("main.cf.before-signalbox-1") == "myhostname = mx.test\n")
    }

    @Test func whatCannotBeReadIsNotTouched() throws {
        let folder = try Self.configuration()
        let setup = PostfixSetup(configuration: folder.path) { words in
            #expect(words[0] == "postconf" && !words.contains("-e"))
            return (1, "", "postconf: fatal: open \(folder.path("main.cf")): Permission denied")
        }
        let failure = #expect(throws: PostfixSetup.Failure.self) {
            _ = try setup.apply(PostfixSettings(sockets: "signalbox"), stamp: Self.stamp)
        }
        #expect(failure?.message.hasSuffix("Permission denied") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["main.cf", "master.cf"])
    }

    // MARK: what is played

    private static func configuration() throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory("postfix-setup")
        try folder.write("myhostname = mx.test\n", to: "main.cf")
        try folder.write("smtp inet n - n - - smtpd\n", to: "master.cf")
        return folder
    }

    /// Nothing of ours is set yet, and there is no service that writes the log.
    private static func reading(_ words: [String]) -> (status: Int32, output: String, errors: String)? {
        words[0] == "postconf" && !words.contains("-e") ? (0, "", "") : nil
    }

    /// `cp -p`, `mv -f` and `rm -f`.
    private static func done(_ words: [String]) throws -> (status: Int32, output: String, errors: String) {
        let files = words.dropFirst(2)
        switch words[0] {
        case "cp": try FileManager.default.copyItem(atPath: words[2], toPath: words[3])
        case "mv":
            try FileManager.default.removeItem(atPath: words[3])
            try FileManager.default.moveItem(atPath: words[2], toPath: words[3])
        case "rm":
            for file in files where FileManager.default.fileExists(atPath: file) {
                try FileManager.default.removeItem(atPath: file)
            }
        default: return (127, "", "no \(words[0])")
        }
        return (0, "", "")
    }
}
