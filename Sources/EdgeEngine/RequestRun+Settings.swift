internal import EdgePlan
internal import RulesLanguage

/// What rules of the settings phase switched on, carried out once all of them have been asked: the last one decides.
extension RequestRun {
    func configure(_ rule: RuleRow, _ number: Int, _ workspace: inout Workspace) {
        guard let isOn = rule.hotlinkProtection else {
            recorder?.effect("nothing to do: what it turns off is not there")
            return
        }
        workspace.decision.hotlinkRule = isOn ? number : nil
        recorder?.set("hotlink_protection", isOn ? Bytes("true") : Bytes("false"), rule)
    }

    /// Pictures that another site's page shows: refused with 403.
    func refuseHotlink(_ plan: borrowing AcceptedPlan, _ workspace: inout Workspace) {
        guard let number = workspace.decision.hotlinkRule, workspace.decision.terminatingRule == nil,
            Hotlink.isPicture(RequestURI.fileExtension(of: workspace.uri.path, &workspace.arena)),
            let referer = request.headers.first(where: { $0.key.equals("referer") })?.value,
            let host = Hotlink.host(of: referer, &workspace.arena), !Hotlink.isOwn(host, plan.view)
        else { return }
        workspace.decision.outcome = .block
        workspace.decision.terminatingRule = number
        workspace.decision.status = 403
        workspace.decision.contentType = Bytes("text/plain")
        workspace.decision.body = Bytes("hotlinking is not allowed\n")
        recorder?.refusedHotlink(plan.view.rule(number), host)
    }
}

/// Who links to pictures.
enum Hotlink {
    typealias Bytes = UnsafeRawBufferPointer

    /// Those that Cloudflare protects (https://developers.cloudflare.com/waf/tools/scrape-shield/hotlink-protection/).
    static func isPicture(_ fileExtension: Bytes) -> Bool {
        switch fileExtension.count {
        case 3:
            fileExtension.equals("gif") || fileExtension.equals("ico") || fileExtension.equals("jpg")
                || fileExtension.equals("png")
        case 4: fileExtension.equals("jpeg")
        default: false
        }
    }

    /// The host of a referer, in lower case and without port; nil when it names none, as `about:blank` and an empty one.
    static func host(of referer: Bytes, _ arena: inout Arena) -> Bytes? {
        guard let colon = referer.place(of: UInt8(ascii: ":")), colon &+ 2 < referer.count,
            referer[colon &+ 1] == UInt8(ascii: "/"), referer[colon &+ 2] == UInt8(ascii: "/")
        else { return nil }
        var authority = referer.slice(colon &+ 3, referer.count)
        for mark in [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")] {
            if let end = authority.place(of: mark) { authority = authority.slice(0, end) }
        }
        while let at = authority.place(of: UInt8(ascii: "@")) { authority = authority.slice(at &+ 1, authority.count) }
        let host = HostName.normalized(authority, &arena)
        return host.isEmpty ? nil : host
    }

    /// Whether a page on the host is the zone's own: a host that it serves, its name, or anything below its name.
    static func isOwn(_ host: Bytes, _ view: ZonePlanView) -> Bool {
        if host.isSame(as: view.name) || isBelow(host, view.name) { return true }
        for index in 0..<view.hostCount {
            guard let own = view.host(index) else { continue }
            if own.starts(with: "*.") {
                if isBelow(host, own.slice(2, own.count)) { return true }
            } else if host.isSame(as: own) {
                return true
            }
        }
        return false
    }

    private static func isBelow(_ host: Bytes, _ domain: Bytes) -> Bool {
        let start = host.count &- domain.count
        return start > 1 && host[start &- 1] == UInt8(ascii: ".")
            && host.slice(start, host.count).isSame(as: domain)
    }
}
