/// What `serve` and the relay of `node run` tell each other in headers of discovery requests and answers, beyond what
/// Envoy's own say. Either side may not know a word yet and passes over it.
package enum RelayWord {
    /// With an answer that says nothing new: ask once more, as soon as Envoy has shown that it lives. The relay asks
    /// Envoy's administration, which costs less than another request of Envoy's: those name every extension it has.
    package static let again = "x-signalbox-again"

    /// With the request by which Envoy accepts clusters: none of them warms up any more.
    package static let warm = "x-signalbox-warm"

    /// What either header says.
    package static let yes = "yes"
}
