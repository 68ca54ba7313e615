package import EdgePlan
package import RulesLanguage

/// The fields of a request or a response as the edge fills them, for an expression that no plan holds. Values own their
/// memory.
///
/// Without a plan there is no zone's name, no header that tells the country, and no identifier of a request.
package enum RequestFields {
    /// - Throws: `PlanRefusal` never in practice: an empty plan is accepted.
    package static func values(_ shaped: ShapedRequest) throws(PlanRefusal) -> [FieldID: FieldValue] {
        let plan = try AcceptedPlan(.withoutRules)
        var workspace = Workspace()
        return shaped.withPicture { picture in
            workspace.begin(picture)
            workspace.fill(wanted(.request), picture, plan.view)
            return values(workspace, .request)
        }
    }

    package static func values(_ response: EdgeResponse) -> [FieldID: FieldValue] {
        var workspace = Workspace()
        return response.withPicture { picture in
            workspace.fill(wanted(.response), picture)
            return values(workspace, .response)
        }
    }

    private static func ids(_ side: FieldSide) -> [FieldID] {
        Schema.http.fields.filter { $0.side == side && $0.filledByEdge && $0.id != .zoneName }.map(\.id)
    }

    private static func wanted(_ side: FieldSide) -> WantedFields {
        var wanted = FieldSet()
        for id in ids(side) { wanted.insert(id) }
        return WantedFields(wanted)
    }

    private static func values(_ workspace: borrowing Workspace, _ side: FieldSide) -> [FieldID: FieldValue] {
        var values: [FieldID: FieldValue] = [:]
        for id in ids(side) { values[id] = workspace.fields.value(id) }
        return values
    }
}

extension ZonePlan {
    fileprivate static var withoutRules: ZonePlan {
        let id = ConfigurationID(rawValue: 1)
        return ZonePlan(
            account: AccountID(rawValue: 1), zone: id, name: "example.com", hosts: ["example.com"], selectors: [],
            configurations: [
                ConfigurationPlan(
                    id: id, application: nil, version: nil, defaultOrigin: nil, clientHostHeader: nil,
                    versionHeader: nil, phases: [])
            ], trust: TrustPlan(countryHeader: nil, trustedPeers: []))
    }
}
