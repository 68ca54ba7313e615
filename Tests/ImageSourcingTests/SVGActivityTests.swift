import ImageSourcing
import TestKit
import Testing

@Suite("Active SVG") struct SVGActivityTests {
    private static func activity(_ inside: String) -> SVGActivity? {
        guard case .whole(let facts) = verdict(SampleImage.svg(inside), chunk: 5) else { return nil }
        return facts.activity
    }

    @Test(arguments: [
        ("<script>alert(1)</script>", SVGActivity.script),
        ("<svg:script xlink:href='#a'/>", .script),
        ("<SCRIPT/>", .script),
        ("<g onload='x()'/>", .handler),
        ("<g OnClick = \"x()\"/>", .handler),
        ("<foreignObject><p>hi</p></foreignObject>", .foreignContent),
        ("<h:iframe xmlns:h='http://www.w3.org/1999/xhtml'/>", .foreignContent),
        ("<a xlink:href='javascript:alert(1)'><text>x</text></a>", .runningAddress),
        ("<a href=' java&#10;script&colon;alert(1)'/>", .runningAddress),
        ("<a href='&#x6A;avascript:alert(1)'/>", .runningAddress),
        ("<image href='data:image/svg+xml,%3Csvg'/>", .runningAddress),
        ("<a href='data:text/html,hi'/>", .runningAddress),
        ("<image href='https://evil.example/x.png'/>", .externalReference),
        ("<use href='other.svg#a'/>", .externalReference),
        ("<image href='//evil.example/x.png'/>", .externalReference),
        ("<rect style='fill:url(http://evil.example/)'/>", .externalReference),
        ("<rect fill=\"u&#114;l( 'https://evil.example/')\"/>", .externalReference),
        ("<style>@im\\70ort 'x.css';</style>", .externalReference),
        ("<style>@import url(x.css)</style>", .externalReference),
        ("<style><![CDATA[ g { background: URL(x.png) } ]]></style>", .externalReference),
        ("<set attributeName='xlink:href' to='#a'/>", .animatedAddress),
        ("<animate attributeName='x' values='javascript:alert(1)'/>", .runningAddress),
    ])
    func isSeen(inside: String, expected: SVGActivity) {
        #expect(Self.activity(inside) == expected)
    }

    @Test(arguments: [
        "<circle r='4'/>", "<use xlink:href='#a'/>", "<image href='data:image/png;base64,AAAA'/>",
        "<a href='https://example.com/'><text>on line</text></a>", "<rect fill='url(#paint)'/>",
        "<style>.a { fill: url( '#paint' ); stroke: red }</style>", "<text>onload= javascript: url(http://x)</text>",
        "<!-- <script>alert(1)</script> -->", "<g data-note='C:\\pictures' class='one two'/>",
        "<animate attributeName='x' from='0' to='10'/>", "<style>.a { fill: url(data:image/png;base64,AA) }</style>",
    ])
    func harmlessOnesAreNot(inside: String) {
        guard case .whole(let facts) = verdict(SampleImage.svg(inside)) else {
            Issue.record("\(inside) is no SVG")
            return
        }
        #expect(facts.activity == nil)
    }

    @Test func entitiesAndStyleSheetsOfThePrologCount() {
        func whole(_ text: String) -> SVGActivity? {
            guard case .whole(let facts) = verdict(Array(text.utf8)) else { return nil }
            return facts.activity
        }
        #expect(whole("<!DOCTYPE svg [<!ENTITY a \"<script>\">]><svg>&a;</svg>") == .entities)
        #expect(whole("<?xml-stylesheet href='x.css'?><svg/>") == .externalReference)
        #expect(whole("<?xml version='1.0'?><svg/>") == nil)
    }

    @Test func policyDecides() {
        let active = SampleImage.svg("<script/>")
        #expect(verdict(active, active: .skip) == .refused(Flaw(.svgActive, at: 0)))
        guard case .whole(let facts) = verdict(active, active: .flag) else {
            Issue.record("refused although only flagged")
            return
        }
        #expect(facts.activity == .script)
    }
}
