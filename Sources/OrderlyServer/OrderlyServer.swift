package import Hummingbird
package import Logging
internal import ServiceLifecycle

/// Runs a Hummingbird application so that it ends in an orderly way.
///
/// Cancelling a running application cuts its accept loop; a connection that is being accepted in that moment then
/// trips a precondition in SwiftNIO (`NIOAsyncWriter` without `finish`) and takes the process with it (seen). A
/// graceful shutdown closes the listening socket first.
package enum OrderlyServer {
    /// Connections that are still busy after this are cut.
    package static let patience: Duration = .seconds(2)

    /// Serves until the task is cancelled.
    /// - Throws: why the application could not run, e.g. that its address is taken.
    package static func run(_ application: some ApplicationProtocol, logger: Logger) async throws {
        var configuration = ServiceGroupConfiguration(services: [application], logger: logger)
        configuration.maximumGracefulShutdownDuration = patience
        let group = ServiceGroup(configuration: configuration)
        // Not a child task: that would hand the cancellation on, which is what must not happen.
        let running = Task { try await group.run() }
        try await withTaskCancellationHandler {
            try await running.value
        } onCancel: {
            Task { await group.triggerGracefulShutdown() }
        }
    }
}
