import EdgeEngine
import EdgePlan
import EnvoyConfig
import RulesLanguage
import TestKit

/// What the engine in this process says about a request.
enum Expectation {
    /// Envoy refuses it before any rule: 400.
    case refused(String)
    /// No zone serves the host: 404.
    case noZone
    case answered(Observation, Explanation?)
}

/// One network of an edge, served by the engine in this process.
final class InProcessEdge {
    private final class Zone {
        let hosts: [String]
        let name: String
        let plan: AcceptedPlan

        init(_ plan: ZonePlan) throws {
            (hosts, name) = (plan.hosts, plan.name)
            self.plan = try AcceptedPlan(plan)
        }
    }

    private let zones: [Zone]
    private let origins: [String: OriginPlan]
    private var workspace = Workspace()
    /// Requests that the engine decided otherwise when it explained itself.
    private(set) var recorderDisagreements = 0
    /// Changes how the engine reads the request, not what the origin gets: for broken evaluators.
    private let distort: (inout EdgeRequest) -> Void
    private let counts: Counts

    /// What was counted for rate limits: both networks of an edge count in one place, and once more for the runs that
    /// explain themselves.
    final class Counts {
        let plain = LimitTable(sets: 1_024)
        let explained = LimitTable(sets: 1_024)
    }

    init(
        _ network: NetworkPlan, origins: [OriginPlan], counts: Counts = Counts(),
        distort: @escaping (inout EdgeRequest) -> Void = { _ in }
    ) throws {
        self.counts = counts
        zones = try network.zones.map { try Zone($0) }
        self.origins = Dictionary(origins.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.distort = distort
    }

    /// - Parameter explained: also run the engine with a recorder, which must come to the same decision.
    func expectation(of request: ClientRequest, seconds: Int64, explained: Bool) -> Expectation {
        let shaped: ShapedRequest
        let read: ShapedRequest
        do throws(RequestRefusal) {
            shaped = try request.edgeRequest(seconds: seconds).shaped()
            var edgeRequest = request.edgeRequest(seconds: seconds)
            distort(&edgeRequest)
            read = try edgeRequest.shaped()
        } catch {
            return .refused(error.reason)
        }
        guard let zone = zone(of: Latin1.string(shaped.authority)) else { return .noZone }
        // Every request gets an identifier of this form; its value is nobody's to foretell.
        let requestID = Array("00000000-0000-4000-8000-000000000000".utf8)
        return requestID.withUnsafeBytes { requestID in
            read.withPicture { picture in
                var picture = picture
                picture.requestID = requestID
                let observation = run(zone, picture, shaped, bodyLength: request.body.utf8.count, recorder: nil)
                guard explained else { return .answered(observation, nil) }
                let recorder = Recorder()
                let again = run(zone, picture, shaped, bodyLength: request.body.utf8.count, recorder: recorder)
                if again != observation { recorderDisagreements += 1 }
                return .answered(observation, recorder.explanation)
            }
        }
    }

    /// As the trace chooses it; case does not matter.
    private func zone(of host: String) -> Zone? {
        HostPattern.best(of: zones, for: host.lowercased(), names: \.hosts)
    }

    private func run(
        _ zone: Zone, _ picture: RequestPicture, _ shaped: ShapedRequest, bodyLength: Int, recorder: Recorder?
    ) -> Observation {
        let isHead = shaped.request.method == "HEAD"
        let limits = recorder == nil ? counts.plain.port : counts.explained.port
        EdgeEngine.decide(zone.plan, picture, &workspace, limits: limits, recorder: recorder)
        var observation = Observation(status: 0, headers: [:], body: nil, atOrigin: nil)
        let answer: EdgeResponse
        if let own = workspace.decision.ownAnswer {
            answer = own
            if !isHead { observation.body = Latin1.string(workspace.decision.body) }
            if workspace.decision.outcome == .noOrigin, !isHead { observation.body = "no origin\n" }
        } else {
            let atOrigin = self.atOrigin(shaped, bodyLength: bodyLength)
            let (status, text) = LabOrigin.answer(to: atOrigin.target)
            if text == nil, !isHead { observation.atOrigin = atOrigin }
            if !isHead { observation.body = text }
            // In the order of the origin, which conditions can see.
            var headers: [EdgeRequest.Header] = [
                .init("x-origin", atOrigin.origin), .init("x-powered-by-region", "lab"),
                .init("content-type", text == nil ? "application/json" : "text/plain"),
            ]
            if let seconds = LabOrigin.lifetime(of: atOrigin.target) {
                headers.append(.init("cache-control", "max-age=\(seconds)"))
            }
            answer = EdgeResponse(status: status, headers: headers + [.init("content-length", "1")])
        }
        observation.status = answer.status
        // The edits point into the response: they are carried out while it is lent.
        observation.headers = answer.withPicture { response in
            EdgeEngine.respond(zone.plan, picture, response, &workspace, limits: limits, recorder: recorder)
            return Self.edited(
                answer.headers, workspace.decision.responseEdits.elements, without: Observation.Unseen.response)
        }
        if workspace.decision.outcome != .forward { completeOwnAnswer(&observation) }
        return observation
    }

    /// Envoy's hand in the edge's own answers: without a body no type, with a body always one.
    private func completeOwnAnswer(_ observation: inout Observation) {
        if workspace.decision.outcome != .noOrigin, workspace.decision.body.isEmpty {
            observation.headers["content-type"] = nil
        } else if observation.headers["content-type"] == nil {
            observation.headers["content-type"] = ["text/plain"]
        }
    }

    private func atOrigin(_ shaped: ShapedRequest, bodyLength: Int) -> Observation.AtOrigin {
        let name = String(decoding: workspace.decision.origin ?? .init(start: nil, count: 0), as: UTF8.self)
        let origin = origins[name]
        let host = workspace.decision.hostHeader.map { Latin1.string($0) } ?? origin?.hostHeader
        // The edge's own headers and Envoy's never come from a client.
        let fromClient = shaped.headers.filter { !$0.name.hasPrefix("x-edge-") && !$0.name.hasPrefix("x-envoy-") }
        return Observation.AtOrigin(
            origin: origin.flatMap { LabOrigin.name(port: $0.endpoints.first?.port ?? 0) } ?? name,
            method: shaped.request.method,
            target: workspace.decision.path.map { Latin1.string($0) } ?? Latin1.string(shaped.path),
            host: host ?? Latin1.string(shaped.authority),
            headers: Self.edited(
                fromClient, workspace.decision.requestEdits.elements, without: Observation.Unseen.request),
            bodyLength: bodyLength)
    }

    /// Carries out edits as HTTP understands them.
    private static func edited(
        _ headers: [EdgeRequest.Header], _ edits: UnsafeBufferPointer<HeaderEdit>, without unseen: Set<String>
    ) -> [String: [String]] {
        var result = Observation.byName(headers.map { ($0.name, Latin1.string($0.value)) }, without: unseen)
        for edit in edits {
            let name = Latin1.string(edit.name)
            guard !unseen.contains(name) else { continue }
            let value = Latin1.string(edit.value)
            switch edit.operation {
            case .remove: result[name] = nil
            case .set: result[name] = [value]
            case .add:
                if Observation.Unseen.joined.contains(name), let first = result[name]?.first {
                    result[name] = [first + "," + value]
                } else {
                    result[name, default: []].append(value)
                }
            }
        }
        return result
    }
}
