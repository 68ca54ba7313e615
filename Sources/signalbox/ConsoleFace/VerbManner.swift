internal import ArgumentParser
internal import Console

/// What verbs do to the world, for the console's command bar. A list and no protocols: to ask each of two hundred types
/// what it conforms to takes longer than to draw the first picture.
enum VerbManner {
    /// Change nothing. The console runs them also with `--read-only`, and shows their answers to be read in peace; a
    /// verb that is not named is taken to change something.
    static let reading: [any ParsableCommand.Type] = [
        ZoneVerb.List.self, ZoneVerb.Show.self, ZoneVerb.Example.self, ZoneVerb.Export.self, ZoneVerb.Lint.self,
        ZoneVerb.Diff.self, AppVerb.List.self, AppVerb.Show.self, VersionVerb.List.self, VersionVerb.Show.self,
        VersionVerb.Diff.self, VersionVerb.Export.self, VersionVerb.Check.self, VersionVerb.Lint.self,
        RuleVerb.List.self, RuleVerb.Show.self, RuleVerb.Effective.self, RuleVerb.Lint.self, ListVerb.List.self,
        ListVerb.Show.self, ListVerb.Export.self, RulesVerb.Check.self, RulesVerb.Lint.self, RulesVerb.Compare.self,
        RulesVerb.Format.self, RulesVerb.Eval.self, RulesVerb.Explain.self, RulesVerb.Fields.self,
        RulesVerb.Functions.self, EnvVerb.List.self, EnvVerb.Show.self, StagingVerb.List.self, StagingVerb.Curl.self,
        StagingVerb.HostsLine.self, StagingVerb.Probe.self, TraceVerb.self, PlanVerb.Assign.self,
        PlanVerb.Promote.self, PlanVerb.Rollback.self, PlanVerb.Undo.self, PlanVerb.Import.self,
        HistoryVerb.List.self, HistoryVerb.Show.self, AuditVerb.List.self, AuditVerb.Verify.self,
        ImagesVerb.Status.self, ImagesVerb.Report.self, ImagesVerb.Survey.self, ImageStoreVerb<SourceRole>.List.self,
        ImageStoreVerb<TargetRole>.List.self,
        ImageStoreVerb<SourceRole>.Show.self, ImageStoreVerb<TargetRole>.Show.self,
        ImageStoreVerb<SourceRole>.Check.self, ImageStoreVerb<TargetRole>.Check.self, NodeVerb.List.self,
        NodeVerb.Show.self, StatusVerb.self,
        DoctorVerb.self, TrafficVerb.self, EventsVerb.self, EmailDomainVerb.List.self, EmailDomainVerb.Show.self,
        EmailDestinationVerb.List.self, EmailRuleVerb.List.self, EmailRuleVerb.Show.self,
        EmailCatchAllVerb.Show.self, EmailRulesetVerb.List.self, EmailRulesetVerb.Show.self,
        EmailRulesetVerb.Diff.self, EmailRulesetVerb.Check.self, EmailPlanVerb.self, EmailHistoryVerb.self,
        EmailActivityVerb.self, EmailStatsVerb.self, EmailExplainVerb.self, EmailReplayVerb.self,
        EmailDNSVerb.Check.self, EmailWorkerVerb.List.self, EmailWorkerVerb.Show.self, EmailPostfixVerb.Check.self,
        StateVerb.Path.self, StateVerb.Check.self, ConfigVerb.Show.self, ConfigVerb.Path.self, ThemeVerb.List.self,
        ThemeVerb.Preview.self, ThemeVerb.Lint.self, CompletionsVerb.Bash.self, CompletionsVerb.Zsh.self,
        CompletionsVerb.Fish.self,
    ]

    /// Open an editor, which needs a terminal of its own.
    static let editing: [any ParsableCommand.Type] = [
        VersionVerb.Edit.self, EmailRulesetVerb.Edit.self, EmailWorkerVerb.Edit.self,
    ]

    /// Do not end by themselves.
    static let staying: [any ParsableCommand.Type] = [
        ConsoleVerb.self, ServeVerb.self, NodeVerb.Run.self,
    ]

    private static let known: [ObjectIdentifier: CommandVerb.Manner] = {
        var known: [ObjectIdentifier: CommandVerb.Manner] = [:]
        for verb in reading { known[ObjectIdentifier(verb)] = .reads }
        for verb in editing { known[ObjectIdentifier(verb)] = .edits }
        for verb in staying { known[ObjectIdentifier(verb)] = .stays }
        return known
    }()

    static func of(_ type: any ParsableCommand.Type) -> CommandVerb.Manner { known[ObjectIdentifier(type)] ?? .changes }
}
