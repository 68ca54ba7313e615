internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import MailRouting

struct EmailBlockVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "block", abstract: "Refuse the mail of a sender from the next message on.",
        discussion: Examples.text(
            "signalbox email block example.com eve@bad.example",
            "signalbox email block example.com @bad.example --reason 'third wave' --yes",
            before: """
                A rule before all others, added to the draft and promoted at once; refused while the draft holds other \
                changes, which would come into force with it. 'undo' and 'rollback' take it back.
                """))

    @Argument(help: "The domain that gets the mail.") var domain: String
    @Argument(help: "Address of the sender, or @ and a domain for all of it.") var sender: String
    @OptionGroup(title: "Change options") var change: EmailChangeOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let name = try MailNames.domain(domain)
        guard let blocked = MailSender(sender) else {
            throw ErrorReport(
                .usage, at: "sender '\(sender)'", "that is neither a mail address nor @ and a domain",
                remedy: "signalbox email block \(name) eve@bad.example")
        }
        try Session(global).deployMail(change) { try $0.planBlock(of: blocked, in: name) }
    }
}
