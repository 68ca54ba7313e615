package import ControlPlane
package import EdgeModel
package import EdgePlan
package import TerminalUI

/// Work that `update` asks for and does not do itself. Each ends in an ``Outcome``.
package enum Effect: Sendable {
    /// The parts are those that the open screens need.
    case readPicture(Set<Picture.Part>, after: Picture?)
    case readTheme(String)
    /// Tells what the edge answers and that somebody wrote to the state, when it changes.
    ///
    /// - Parameter everyWrite: also of what nodes report all the time and changes nothing that was decided.
    case watch(everyWrite: Bool)
    /// The traffic of the last hour, as the store keeps it.
    case readHistory
    /// Content that is not in the picture: of a version, a difference, a zone.
    case readContent(Place)
    case plan(ChangeDialog.Token, Operation)
    case apply(ChangeDialog.Token, Plan, ApplyOptions)
    /// Tells who has acknowledged a deployment until all live nodes have, or it is held, or the time is over.
    case follow(ChangeDialog.Token, Deployment)
    /// What changes nothing that is served.
    case perform(Operation)
    /// With the terminal to itself.
    case edit(Place.VersionLabel, kept: KeptText?)
    /// Any command of the command line, on this state, its output shown. Ends with its task.
    case run([String], EffectID)
    /// What a command can name and no picture has.
    case readNames
    /// For the next console, too.
    case keep(Choice)
}

/// What somebody chose of how the console looks.
package enum Choice: Hashable, Sendable {
    case theme(String)
    /// Columns that are not shown where places are of this kind.
    case hidden(Set<String>, kind: String)
}

/// What came of it, and what feeds tell.
package enum Outcome: Sendable {
    /// nil: it is as it was.
    case picture(Result<Picture?, Problem>)
    /// Somebody wrote to the state.
    case stateChanged
    /// What the edge answers from now on; nil: no server tells of it any more, or none ever did.
    case live(LivePicture?)
    case history(Result<TrafficHistory, Problem>)
    /// With what is wrong with its file.
    case theme(Result<ResolvedTheme, Problem>, troubles: [String])
    case content(Place, Result<Content, Problem>)
    /// What a place shows has moved without the state.
    case moved(Place)
    case planned(ChangeDialog.Token, Result<Reviewed, Problem>)
    case applied(ChangeDialog.Token, Result<Deployment, Problem>)
    case acknowledged(ChangeDialog.Token, Acknowledged)
    case performed(Operation, Result<Performed, Problem>)
    case edited(Place.VersionLabel, EditOutcome)
    case ran([String], EffectID, CommandAnswer)
    case names([CommandArgument.Subject: [String]])
    /// Where a choice is kept.
    case kept(Choice, Result<String, Problem>)
}

/// What is told of the state and of the edge without being asked.
package enum FeedEvent: Sendable {
    /// So it is until the next event.
    case live(LivePicture)
    /// No server runs, or it says nothing any more.
    case silent
    /// Somebody wrote to the state.
    case written
}

/// A plan with what checks outside of the store said of it.
package struct Reviewed: Sendable {
    package var plan: Plan
    /// Enters the journal with it.
    package var evidence: [String: String]

    package init(plan: Plan, evidence: [String: String]) {
        self.plan = plan
        self.evidence = evidence
    }
}

/// How far a deployment has come.
package struct Acknowledged: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        case waiting, done
        /// No server publishes it; it is applied when one starts.
        case unserved
        /// It goes to no further node; why.
        case held(String)
        case timedOut
    }

    package var nodes: [ResourceName]
    package var missing: [ResourceName]
    /// Milliseconds since the commit.
    package var after: Int
    package var state: State

    package init(nodes: [ResourceName], missing: [ResourceName], after: Int, state: State) {
        self.nodes = nodes
        self.missing = missing
        self.after = after
        self.state = state
    }
}

/// How a visit to the editor ended.
package enum EditOutcome: Sendable {
    case unchanged
    case saved(Version, ConfigurationDiff, [Finding])
    /// Nothing was written; the text is kept there and offered again.
    case refused(Problem, text: String, base: Digest)
    case failed(Problem)
}

/// Text that could not be saved, and what it was made from: whoever changes that meanwhile is not overwritten.
package struct KeptText: Hashable, Sendable {
    package var text: String
    package var base: Digest
    /// Why it was not saved.
    package var problem: Problem?

    package init(text: String, base: Digest, problem: Problem? = nil) {
        self.text = text
        self.base = base
        self.problem = problem
    }
}

/// What a command printed.
package struct CommandAnswer: Hashable, Sendable {
    package var status: Int32
    package var output: String
    package var errors: String
    /// The plan that it told of before it asked for a yes, and did nothing; nil: it did not ask.
    package var asked: String?

    package init(status: Int32, output: String, errors: String, asked: String? = nil) {
        self.status = status
        self.output = output
        self.errors = errors
        self.asked = asked
    }
}

/// Content that is read when somebody looks at it.
package enum Content: Sendable {
    case configuration(Configuration, Version?)
    case difference(VersionDiff)
    case lists([ListSummary])
    /// What a list of another domain shows; its screen knows the type.
    case added(any Sendable)
}

/// What came of something that is done at once.
package struct Performed: Sendable {
    /// A sentence.
    package var text: String
    /// The version that it made.
    package var made: Place.VersionLabel?

    package init(_ text: String, made: Place.VersionLabel? = nil) {
        self.text = text
        self.made = made
    }
}
