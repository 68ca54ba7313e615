import ArgumentParser

/// The laboratory's tool: origins that tell what they received, a load generator that counts every failure, and a
/// watch that sees when a change arrives. It serves the demo, the integration tests and the benchmarks; it is not
/// part of the product.
@main
struct EdgeLab: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edgelab", abstract: "Origins, load and a watch for trying an edge.",
        subcommands: [OriginCommand.self, LoadCommand.self, WatchCommand.self])
}
