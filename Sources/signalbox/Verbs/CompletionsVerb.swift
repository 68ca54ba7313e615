internal import ArgumentParser

struct CompletionsVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print a script that completes verbs, options and names for a shell.",
        discussion: Examples.text(
            "signalbox completions bash > ~/.local/share/bash-completion/completions/signalbox",
            "signalbox completions zsh > ~/.zfunc/_signalbox",
            "signalbox completions fish > ~/.config/fish/completions/signalbox.fish"),
        subcommands: [Bash.self, Zsh.self, Fish.self])

    struct Bash: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "bash",
            abstract: "For bash.",
            discussion: Examples.text(
                "signalbox completions bash > ~/.local/share/bash-completion/completions/signalbox",
                "signalbox completions bash > /etc/bash_completion.d/signalbox"))
        @OptionGroup(title: "Global options") var global: GlobalOptions
        func run() throws { try Session(global).printCompletions(.bash) }
    }

    struct Zsh: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "zsh",
            abstract: "For zsh.",
            discussion: Examples.text(
                "signalbox completions zsh > ~/.zfunc/_signalbox",
                "signalbox completions zsh > /usr/local/share/zsh/site-functions/_signalbox"))
        @OptionGroup(title: "Global options") var global: GlobalOptions
        func run() throws { try Session(global).printCompletions(.zsh) }
    }

    struct Fish: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "fish",
            abstract: "For fish.",
            discussion: Examples.text(
                "signalbox completions fish > ~/.config/fish/completions/signalbox.fish",
                "signalbox completions fish > /etc/fish/completions/signalbox.fish"))
        @OptionGroup(title: "Global options") var global: GlobalOptions
        func run() throws { try Session(global).printCompletions(.fish) }
    }
}

extension Session {
    /// The parser's own script. It holds tabs and other characters that texts from outside may not bring along; nothing
    /// in it comes from outside.
    func printCompletions(_ shell: CompletionShell) {
        output.script(Signalbox.completionScript(for: shell))
    }
}
