internal import ArgumentParser

/// A verb that changes nothing. The console runs it also with `--read-only`, and shows its answer to be read in peace; a
/// verb that is not said to read is taken to change something.
protocol ReadingVerb: ParsableCommand {}

/// A verb that opens an editor, which needs a terminal of its own.
protocol EditingVerb: ParsableCommand {}

/// A verb that does not end by itself.
protocol StayingVerb: ParsableCommand {}

extension ZoneVerb.List: ReadingVerb {}
extension ZoneVerb.Show: ReadingVerb {}
extension ZoneVerb.Example: ReadingVerb {}
extension ZoneVerb.Export: ReadingVerb {}
extension ZoneVerb.Lint: ReadingVerb {}
extension ZoneVerb.Diff: ReadingVerb {}
extension AppVerb.List: ReadingVerb {}
extension AppVerb.Show: ReadingVerb {}
extension VersionVerb.List: ReadingVerb {}
extension VersionVerb.Show: ReadingVerb {}
extension VersionVerb.Diff: ReadingVerb {}
extension VersionVerb.Export: ReadingVerb {}
extension VersionVerb.Check: ReadingVerb {}
extension VersionVerb.Lint: ReadingVerb {}
extension RuleVerb.List: ReadingVerb {}
extension RuleVerb.Show: ReadingVerb {}
extension RuleVerb.Effective: ReadingVerb {}
extension RuleVerb.Lint: ReadingVerb {}
extension ListVerb.List: ReadingVerb {}
extension ListVerb.Show: ReadingVerb {}
extension ListVerb.Export: ReadingVerb {}
extension RulesVerb.Check: ReadingVerb {}
extension RulesVerb.Lint: ReadingVerb {}
extension RulesVerb.Compare: ReadingVerb {}
extension RulesVerb.Format: ReadingVerb {}
extension RulesVerb.Eval: ReadingVerb {}
extension RulesVerb.Explain: ReadingVerb {}
extension RulesVerb.Fields: ReadingVerb {}
extension RulesVerb.Functions: ReadingVerb {}
extension EnvVerb.List: ReadingVerb {}
extension EnvVerb.Show: ReadingVerb {}
extension StagingVerb.List: ReadingVerb {}
extension StagingVerb.Curl: ReadingVerb {}
extension StagingVerb.HostsLine: ReadingVerb {}
extension StagingVerb.Probe: ReadingVerb {}
extension TraceVerb: ReadingVerb {}
extension PlanVerb.Assign: ReadingVerb {}
extension PlanVerb.Promote: ReadingVerb {}
extension PlanVerb.Rollback: ReadingVerb {}
extension PlanVerb.Undo: ReadingVerb {}
extension PlanVerb.Import: ReadingVerb {}
extension HistoryVerb.List: ReadingVerb {}
extension HistoryVerb.Show: ReadingVerb {}
extension AuditVerb.List: ReadingVerb {}
extension AuditVerb.Verify: ReadingVerb {}
extension ImagesVerb.Status: ReadingVerb {}
extension ImagesVerb.Report: ReadingVerb {}
extension ImagesVerb.Survey: ReadingVerb {}
extension ImageStoreVerb.List: ReadingVerb {}
extension ImageStoreVerb.Show: ReadingVerb {}
extension ImageStoreVerb.Check: ReadingVerb {}
extension NodeVerb.List: ReadingVerb {}
extension NodeVerb.Show: ReadingVerb {}
extension StatusVerb: ReadingVerb {}
extension DoctorVerb: ReadingVerb {}
extension TrafficVerb: ReadingVerb {}
extension EventsVerb: ReadingVerb {}
extension EmailDomainVerb.List: ReadingVerb {}
extension EmailDomainVerb.Show: ReadingVerb {}
extension EmailDestinationVerb.List: ReadingVerb {}
extension EmailRuleVerb.List: ReadingVerb {}
extension EmailRuleVerb.Show: ReadingVerb {}
extension EmailCatchAllVerb.Show: ReadingVerb {}
extension EmailRulesetVerb.List: ReadingVerb {}
extension EmailRulesetVerb.Show: ReadingVerb {}
extension EmailRulesetVerb.Diff: ReadingVerb {}
extension EmailRulesetVerb.Check: ReadingVerb {}
extension EmailPlanVerb: ReadingVerb {}
extension EmailHistoryVerb: ReadingVerb {}
extension EmailActivityVerb: ReadingVerb {}
extension EmailStatsVerb: ReadingVerb {}
extension EmailExplainVerb: ReadingVerb {}
extension EmailReplayVerb: ReadingVerb {}
extension EmailDNSVerb.Check: ReadingVerb {}
extension EmailWorkerVerb.List: ReadingVerb {}
extension EmailWorkerVerb.Show: ReadingVerb {}
extension EmailPostfixVerb.Check: ReadingVerb {}
extension StateVerb.Path: ReadingVerb {}
extension StateVerb.Check: ReadingVerb {}
extension ConfigVerb.Show: ReadingVerb {}
extension ConfigVerb.Path: ReadingVerb {}
extension ThemeVerb.List: ReadingVerb {}
extension ThemeVerb.Preview: ReadingVerb {}
extension ThemeVerb.Lint: ReadingVerb {}
extension CompletionsVerb.Bash: ReadingVerb {}
extension CompletionsVerb.Zsh: ReadingVerb {}
extension CompletionsVerb.Fish: ReadingVerb {}

extension VersionVerb.Edit: EditingVerb {}
extension EmailRulesetVerb.Edit: EditingVerb {}
extension EmailWorkerVerb.Edit: EditingVerb {}

extension ConsoleVerb: StayingVerb {}
extension ServeVerb: StayingVerb {}
extension NodeVerb.Run: StayingVerb {}
