import ControlPlane
import EdgeModel
import EdgePlan
import Testing

extension NightShift {
    /// The redirects of a version of shop, in order.
    func redirects(of number: Int) throws -> [String] {
        let version = try plane().resolve(VersionReference(application: name("shop"), selector: .number(number)))
        return try plane().configuration(of: version).rules(in: .dynamicRedirect).map(\.ref)
    }

    /// Somebody has just put version 2 of an application beside shop into staging.
    static func withAChange(_ label: String = "blog", as person: String = "ada") throws -> NightShift {
        let shift = try NightShift.withShop()
        try shift.application(label, zone: "other.example")
        shift.advance(seconds: 600)
        try shift.draft(label, note: "new", path: "/new")
        let request = ChangeRequest.assign(application: try name(label), version: 2, environment: try name("staging"))
        var options = ApplyOptions()
        options.acceptWarnings = true
        let plane = shift.plane(as: person)
        _ = try plane.apply(try plane.plan(request), options)
        return shift
    }
}
