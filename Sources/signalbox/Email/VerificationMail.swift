internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import MailRouting

/// How the mail with a code gets to its address.
struct VerificationMailOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Write the mail to a new file instead of sending it.", valueName: "file"),
        completion: .file())
    var message: String?
    @Option(help: ArgumentHelp("Program that sends mail as sendmail does.", valueName: "program")) var sendmail =
        "sendmail"
    @Option(help: ArgumentHelp("Who it is from (default: postmaster of the first email domain).", valueName: "address"))
    var sender: String?

    func send(_ verification: MailVerification, _ mail: MailControl, _ session: Session) throws {
        let domain = try mail.domains().first?.domain.name
        guard let from = try sender.map(MailNames.address) ?? domain.flatMap({ MailAddress("postmaster@\($0)") }) else {
            throw notSent(
                verification, "nobody is known whom the mail could be from",
                "signalbox email destination resend \(verification.address) --sender postmaster@example.com")
        }
        let text = VerificationMail.text(verification, from: from, at: TimeText.now())
        if let message {
            try TextFile.write(text, to: message)
            return session.output.note("The mail with the code is in \(SafeText(message)); send it to its address.")
        }
        let folder = try TemporaryFolder("signalbox-mail")
        defer { folder.remove() }
        let file = folder.path + "/message"
        try TextFile.write(text, to: file)
        let (status, _, errors) = try ChildProcess.captured([
            "/bin/sh", "-c", "exec \"$1\" -i -f \"$2\" -- \"$3\" < \"$4\"", "sh", sendmail, from.description,
            verification.address.description, file,
        ])
        guard status == 0 else {
            throw notSent(
                verification, "\(sendmail) ended with status \(status): \(errors.split(separator: "\n").first ?? "")",
                "signalbox email destination resend \(verification.address) --message verify.eml")
        }
        session.output.note("A code was mailed to \(SafeText(verification.address.description)).")
    }

    private func notSent(_ verification: MailVerification, _ why: String, _ remedy: String) -> ErrorReport {
        ErrorReport(
            .unavailable, at: "email destination \(verification.address)",
            "it was added, but its code could not be mailed: \(why)", remedy: remedy)
    }
}

enum VerificationMail {
    /// A message of RFC 5322 in plain ASCII.
    static func text(_ verification: MailVerification, from: MailAddress, at now: Timestamp) -> String {
        """
        From: <\(from)>
        To: <\(verification.address)>
        Subject: Confirm this address: \(verification.code)
        Message-ID: <\(now.milliseconds).\(VerificationMail.mark(verification))@\(from.domain)>
        MIME-Version: 1.0
        Content-Type: text/plain; charset=us-ascii
        Auto-Submitted: auto-generated

        Somebody wants mail to be forwarded to this address. If that is right, give
        them this code, or confirm it yourself:

            signalbox email destination verify \(ShellWord.quoted(verification.address.description)) \(verification.code)

        It holds until \(verification.expires). If you know nothing of this,
        do nothing: no mail will be forwarded.

        """
    }

    /// Tells messages of one moment apart without saying anything of the code.
    private static func mark(_ verification: MailVerification) -> String {
        String(MailDestination.digest(ofCode: verification.code, for: verification.address).rawValue.prefix(16))
    }
}
