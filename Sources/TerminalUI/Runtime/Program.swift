/// A console as values: what happened changes the model, the model gives a picture. Nothing here waits, reads a clock
/// or touches the world; what is to be done is returned as data and run by a ``Runner``, or looked at by a test.
package protocol Program: Sendable {
    associatedtype Model: Sendable
    associatedtype Message: Sendable
    /// Work that the ``EffectHandler`` knows.
    associatedtype Effect: Sendable

    /// The message for what the terminal tells.
    static func input(_ event: InputEvent) -> Message

    /// The message for the outcome of ``Command/copy(_:)``.
    static func copied(_ receipt: ClipboardReceipt) -> Message

    static func update(_ model: inout Model, _ message: Message, at now: Instant) -> [Command<Effect, Message>]

    static func view(_ model: Model, at now: Instant) -> Frame

    /// In which theme the frame is shown.
    static func theme(_ model: Model) -> ResolvedTheme

    /// When the picture changes by time alone: an age, a toast that ends. Nil: never, and the console sleeps.
    static func wakeUp(_ model: Model, at now: Instant) -> Instant?

    /// The message for the coming of the instant that ``wakeUp(_:at:)`` named; nil: the picture alone is made anew.
    static func elapsed() -> Message?
}

extension Program {
    package static func wakeUp(_ model: Model, at now: Instant) -> Instant? { nil }
    package static func elapsed() -> Message? { nil }
}

/// Names work that can be cancelled or replaced, such as `load.versions`.
package struct EffectID: Sendable, Hashable, ExpressibleByStringLiteral {
    package let name: String

    package init(_ name: String) { self.name = name }
    package init(stringLiteral value: String) { name = value }
}

/// What an update asks for.
package enum Command<Effect: Sendable, Message: Sendable>: Sendable {
    /// Work that ends. With an id it takes the place of work under the same id, which is cancelled.
    case run(Effect, id: EffectID? = nil)
    /// Work that goes on until it is cancelled: a feed. Its messages are drawn at most 15 times a second, and the
    /// console counts as idle while it waits.
    case follow(Effect, id: EffectID)
    case cancel(EffectID)
    /// A message later; with an id it can be cancelled or replaced.
    case after(milliseconds: Int64, Message, id: EffectID? = nil)
    /// Text for the clipboard; ``Program/copied(_:)`` tells the outcome.
    case copy(String)
    /// Work that needs the terminal for itself, such as an editor. Nothing is drawn until it ends.
    case outside(Effect)
    /// Ctrl-Z.
    case suspend
    /// Ctrl-L.
    case repaint
    /// The end, with the status that the process exits with.
    case quit(status: Int32 = 0)
}

extension Command: Equatable where Effect: Equatable, Message: Equatable {}

/// Does the work that a program asks for.
package protocol EffectHandler<Effect, Message>: Sendable {
    associatedtype Effect: Sendable
    associatedtype Message: Sendable

    /// Ends when the work is done or its task is cancelled. Failures are messages too.
    func run(_ effect: Effect, _ send: @escaping @Sendable (Message) -> Void) async
}
