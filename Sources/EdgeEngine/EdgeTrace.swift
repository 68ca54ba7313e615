internal import EdgePlan

/// The decision path of one request, for people.
package enum EdgeTrace {
    /// What the edge would do, and why. Response rules run on the edge's own answer when it gives one, else on
    /// `response`.
    package static func trace(
        _ plan: borrowing AcceptedPlan, _ request: EdgeRequest, response: EdgeResponse = EdgeResponse()
    ) -> Explanation {
        let shaped: ShapedRequest
        do throws(RequestRefusal) {
            shaped = try request.shaped()
        } catch {
            var refused = Explanation()
            refused.zone = EdgeEngine.text(plan.view.name)
            refused.request.method = request.method
            refused.request.host = request.host
            refused.request.path = String(decoding: request.target, as: UTF8.self)
            refused.outcome = Explanation.Outcome(kind: .refused, status: 400, reason: error.reason)
            return refused
        }
        let recorder = Recorder()
        var workspace = Workspace()
        shaped.withPicture { picture in
            EdgeEngine.decide(plan, picture, &workspace, recorder: recorder)
            let answer = workspace.decision.ownAnswer ?? response
            answer.withPicture { EdgeEngine.respond(plan, picture, $0, &workspace, recorder: recorder) }
        }
        return recorder.explanation
    }
}

extension Decision {
    /// The answer that the edge gives itself, as response rules see it; nil when the origin answers.
    package var ownAnswer: EdgeResponse? {
        switch outcome {
        case .forward: nil
        case .redirect: EdgeResponse(status: status, headers: [.init(name: "location", value: Array(location))])
        case .block:
            EdgeResponse(
                status: status,
                headers: [.init(name: "content-type", value: Array(contentType))]
                    + (retryAfter.isEmpty ? [] : [.init(name: "retry-after", value: Array(retryAfter))]))
        case .noOrigin: EdgeResponse(status: 503, headers: [.init("content-type", "text/plain")])
        }
    }
}
