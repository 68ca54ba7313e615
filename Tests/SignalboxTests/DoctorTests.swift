import EdgeModel
import EdgePlan
import Foundation
import Glibc
import StoreSQLite
import TestKit
import Testing

@testable import ControlPlane
@testable import signalbox

/// What `doctor` makes of a machine: facts in, findings out.
@Suite struct HostCheckTests {
    private var facts: HostFacts {
        HostFacts(
            place: HostFacts.Place(
                path: "/srv", fileSystem: "ext4", freeBytes: 10 << 30, freeFiles: 1000, folderMode: 0o700,
                stateMode: 0o600),
            addresses: ["127.0.0.1", "192.0.2.7", "2001:db8::7"], firstFreePort: 1024, mayBindLowPorts: false,
            envoy: HostFacts.Program(
                path: "/usr/bin/envoy", printed: "envoy  version: 0123abcd/1.39.3/Clean/RELEASE/BoringSSL",
                hasCapabilities: false),
            module: "/usr/lib/signalbox/libsignalbox_edge.so", moduleIsReadable: true)
    }

    private func findings(_ sockets: [String] = [], _ change: (inout HostFacts) -> Void = { _ in }) -> [String] {
        var facts = facts
        change(&facts)
        let sockets = sockets.compactMap { ListenAddress($0) }
        return HostCheck.findings(facts, statePath: "/srv/state.db", sockets: sockets).map { finding in
            #expect(finding.remedy?.isEmpty == false, "\(finding.code) does not say how to mend it")
            #expect(!finding.place.isEmpty && !finding.message.isEmpty)
            return "\(finding.severity.rawValue) \(finding.code) \(finding.place)"
        }
    }

    @Test func aMachineInOrderHasNoFindings() {
        #expect(findings(["192.0.2.7:8080", "127.9.9.9:8080", "[::]:8080", "[2001:db8::7]:8443"]) == [])
    }

    @Test func fileSystemsOfOtherMachinesAreNamed() {
        for kind in ["nfs", "nfs4", "cifs", "9p", "fuse.sshfs", "ceph"] {
            #expect(findings { $0.place?.fileSystem = kind } == ["error network-file-system /srv"], "\(kind)")
        }
        for kind in ["fuse.mergerfs", "virtiofs"] {
            #expect(findings { $0.place?.fileSystem = kind } == ["warning unknown-file-system /srv"], "\(kind)")
        }
        for kind in ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "zfs", "fuseblk", ""] {
            #expect(findings { $0.place?.fileSystem = kind } == [], "\(kind)")
        }
    }

    @Test func theNearestMountSaysWhatAPathLiesOn() {
        let mounts = """
            22 1 0:20 / / rw,relatime - overlay overlay rw
            30 22 0:30 / /srv rw,nosuid shared:5 master:1 - nfs4 filer:/srv rw
            31 30 8:1 / /srv/local\\040disk rw - ext4 /dev/sda1 rw
            32 31 8:2 / /srv/local\\040disk rw - xfs /dev/sda2 rw
            33 22 0:31 / /srvx rw - tmpfs tmpfs rw
            broken
            """
        let kinds = ["/", "/srv", "/srv/a/b", "/srv/local disk/x", "/srvy", "/srvx"].map {
            HostFacts.fileSystem(of: $0, in: mounts)
        }
        #expect(kinds == ["overlay", "nfs4", "nfs4", "xfs", "overlay", "tmpfs"])
        #expect(HostFacts.fileSystem(of: "/srv", in: "") == "")
    }

    @Test func littleRoomIsAWarningAndNoneAnError() {
        #expect(findings { $0.place?.freeBytes = 512 << 20 } == [])
        #expect(findings { $0.place?.freeBytes = 511 << 20 } == ["warning disk-full /srv"])
        #expect(findings { $0.place?.freeBytes = 63 << 20 } == ["error disk-full /srv"])
        #expect(findings { $0.place?.freeFiles = 3 } == ["error disk-full /srv"])
        #expect(findings { $0.place?.freeFiles = nil } == [])
    }

    @Test func aStateThatOthersReachIsNamed() {
        #expect(findings { $0.place?.stateMode = 0o660 } == [])
        #expect(findings { $0.place?.stateMode = 0o644 } == ["warning state-open /srv/state.db"])
        #expect(findings { $0.place?.stateMode = 0o666 } == ["error state-open /srv/state.db"])
        #expect(findings { $0.place?.folderMode = 0o777 } == ["error state-open /srv"])
        #expect(findings { $0.place?.folderMode = 0o1777 } == [])
        let unmade = findings {
            $0.place?.folderMode = 0o777
            $0.place?.stateMode = nil
        }
        #expect(unmade == [])
    }

    @Test func portsThatNeedACapabilityAreNamedUnlessItIsThere() {
        #expect(findings(["192.0.2.7:80", "192.0.2.7:1023"]).count == 2)
        #expect(findings(["192.0.2.7:80"]) == ["error low-port 192.0.2.7:80"])
        #expect(findings(["192.0.2.7:80"]) { $0.mayBindLowPorts = true } == [])
        #expect(findings(["192.0.2.7:80"]) { $0.firstFreePort = 80 } == [])
        #expect(findings(["192.0.2.7:80"]) { $0.envoy?.hasCapabilities = true } == [])
    }

    @Test func addressesThatNoInterfaceHasAreNamed() {
        #expect(findings(["192.0.2.8:8080"]) == ["error address-absent 192.0.2.8:8080"])
        #expect(findings(["[2001:db8::8]:8080"]) == ["error address-absent [2001:db8::8]:8080"])
    }

    @Test func anotherEnvoyAndAMissingModuleAreNamed() {
        let other = "envoy  version: 0123abcd/1.38.0/Clean/RELEASE/BoringSSL"
        #expect(findings { $0.envoy?.printed = other } == ["warning envoy-untested /usr/bin/envoy"])
        #expect(findings { $0.envoy?.printed = nil } == ["error envoy-unusable /usr/bin/envoy"])
        #expect(findings { $0.envoy = nil } == [])
        #expect(findings { $0.module = nil } == [])
        #expect(findings(["192.0.2.7:8080"]) { $0.module = nil } == ["error module-absent edge module"])
        #expect(
            findings { $0.moduleIsReadable = false } == ["error module-absent /usr/lib/signalbox/libsignalbox_edge.so"])
    }
}

/// What `doctor` makes of server and nodes.
@Suite struct FleetCheckTests {
    private static let now = Timestamp(milliseconds: 1_800_000_000_000)
    private let output = Output(format: .table, now: now)
    private let folder: TemporaryDirectory
    private let plane: ControlPlane

    init() throws {
        folder = try TemporaryDirectory("doctor")
        plane = try SampleAccount.make(at: folder.path("state.db"))
        _ = try plane.createNode(try Names.node("fra1"), region: "fra")
    }

    private func node(
        _ edit: (inout NodeStatus, AccountStatus) throws -> Void = { _, _ in }, isServed: Bool = true
    ) throws -> [String] {
        var status = try plane.status()
        status.at = Self.now
        let name = try Names.node("fra1")
        var node = NodeStatus(name: name, firstSeen: Self.now)
        let address = try #require(ListenAddress("127.0.0.20:8080"))
        node.apply(
            FleetEvent(
                node: name, at: Self.now,
                .seen(
                    NodeDescription(
                        name: name, listen: [try #require(ListenAddress("127.0.0.11:8080"))], staging: [address],
                        envoyVersion: "1.39.3", moduleVersion: Program.version))))
        for (network, plan) in [(Network.production, status.expected.production), (.lower, status.expected.lower)] {
            node.apply(FleetEvent(node: name, at: Self.now, .accepted(.routes(network), version: "1", plan: plan)))
        }
        try edit(&node, status)
        status.nodes[0].status = node
        let found = FleetCheck.findings(status, isServed: isServed, host: HostFacts(), output: output)
        return found.map { finding in
            #expect(finding.remedy?.isEmpty == false, "\(finding.code) does not say how to mend it")
            return "\(finding.severity.rawValue) \(finding.code) \(finding.place)"
        }
    }

    private func report(_ offset: Int64) throws -> FleetEvent {
        let name = try Names.node("fra1")
        let at = Timestamp(milliseconds: Self.now.milliseconds + offset)
        return FleetEvent(node: name, at: Self.now, .reported(NodeReport(node: name, at: at, process: "1")))
    }

    @Test func aNodeInOrderHasNoFindings() throws {
        #expect(try node() == [])
        #expect(try node { node, _ in node.apply(try self.report(1_900)) } == [])
    }

    @Test func aClockThatDiffersIsNamed() throws {
        #expect(try node { node, _ in node.apply(try self.report(2_100)) } == ["warning clock-skew node fra1"])
        #expect(try node { node, _ in node.apply(try self.report(-61_000)) } == ["error clock-skew node fra1"])
    }

    @Test func aNodeBehindIsAnErrorWhenItHadTime() throws {
        func behind(after change: Int64) throws -> [String] {
            try node { node, status in
                let last = try #require(status.lastDeployments.last).deployment.at
                #expect(Self.now == last)
                node.apply(
                    FleetEvent(
                        node: node.name, at: Self.now,
                        .accepted(.routes(.production), version: "0", plan: Digest.sha256(of: "old"))))
            }
        }
        #expect(try behind(after: 0) == ["info node-behind node fra1"])
        var status = try plane.status()
        status.at = Timestamp(milliseconds: Self.now.milliseconds + FleetCheck.patience + 1)
        var stale = NodeStatus(name: try Names.node("fra1"), firstSeen: status.at)
        stale.apply(FleetEvent(node: stale.name, at: status.at, .accepted(.listeners, version: "0", plan: nil)))
        status.nodes[0].status = stale
        let late = FleetCheck.node(status.nodes[0], status, isServed: true, output)
        #expect(late.map(\.code) == ["node-behind"] && late.map(\.severity) == [.error])
    }

    @Test func aNodeThatIsLostRefusesOrNeverCameIsNamed() throws {
        #expect(
            try node { node, _ in node.apply(FleetEvent(node: node.name, at: Self.now, .lost)) }.first
                == "error node-lost node fra1")
        let refused = try node { node, _ in
            node.apply(
                FleetEvent(
                    node: node.name, at: Timestamp(milliseconds: Self.now.milliseconds + 1),
                    .refused(.routes(.production), version: "2", plan: nil, reason: "no such cluster")))
        }
        #expect(refused == ["error node-refuses node fra1"])
        let status = try plane.status()
        let found = FleetCheck.findings(status, isServed: true, host: HostFacts(), output: output)
        #expect(found.map(\.code) == ["node-never-seen"])
    }

    @Test func noServerIsAnErrorAsSoonAsThereIsANode() throws {
        #expect(try node(isServed: false) == ["error server-not-running serve"])
        var status = try plane.status()
        status.nodes = []
        #expect(FleetCheck.server(status, isServed: false).isEmpty)
    }

    @Test func aServerThatPublishesSomethingElseIsNamed() throws {
        let newest = try #require(try plane.newestDeployment())
        let same = Publication(production: newest.production, lower: nil)
        #expect(try FleetCheck.publication(same, newest: newest, of: plane) == [])
        let earlier = try plane.history(stream: nil, last: nil).map(\.deployment).first {
            $0.production != newest.production
        }
        #expect(try FleetCheck.publication(same, newest: earlier, of: plane) == [], "somebody went on meanwhile")
        for other in [Publication(), Publication(production: Digest.sha256(of: "other"))] {
            #expect(try FleetCheck.publication(other, newest: newest, of: plane).map(\.code) == ["server-differs"])
        }
    }

    @Test func othersVersionsAreNamed() throws {
        let found = try node { node, _ in
            node.description?.envoyVersion = "1.38.4"
            node.description?.moduleVersion = "0.0.9"
        }
        #expect(found == ["warning envoy-untested node fra1", "warning module-other-version node fra1"])
    }

    @Test func aStagingAddressThatNobodyListensOnIsNamed() throws {
        let place = "environment staging, staging address 127.0.0.20"
        #expect(try node { node, _ in node.description?.staging = [] }.contains("warning staging-unserved \(place)"))
        #expect(
            try node { node, _ in node.description?.staging = [ListenAddress("0.0.0.0:80")].compactMap(\.self) } == [])
        var status = try plane.status()
        status.environments[0].stagingAddresses = ["192.0.2.8"]
        #expect(FleetCheck.staging(status, HostFacts()).map(\.code) == ["address-absent"])
        #expect(FleetCheck.staging(status, HostFacts(addresses: ["192.0.2.8"])) == [])
    }
}

/// The program itself, on this machine.
@Suite struct DoctorRunTests {
    private func run(
        _ words: [String], in folder: TemporaryDirectory, _ more: [String: String?] = [:]
    ) async throws -> CommandAnswer {
        let environment: [String: String?] = [
            "HOME": folder.path, "XDG_STATE_HOME": nil, "XDG_CONFIG_HOME": nil, "NO_COLOR": "1",
            "SIGNALBOX_STATE": folder.path("state.db"), "SIGNALBOX_ENVOY": nil, "SIGNALBOX_MODULE": nil,
        ]
        return CommandAnswer(
            arguments: words,
            try await ChildProcess.run(
                Checkout.program("signalbox"), words, environment: environment.merging(more) { $1 },
                directory: folder.path))
    }

    private func codes(_ answer: CommandAnswer) -> Set<String> {
        guard case .array(let found) = answer.json["findings"] else { return [] }
        return Set(found.compactMap { $0["code"].text })
    }

    @Test func whatIsWrongHereIsFoundAndExits1() async throws {
        let folder = try TemporaryDirectory("doctor")
        _ = try SampleAccount.make(at: folder.path("state.db"))
        let well = try await run(["doctor", "-o", "json"], in: folder)
        #expect(well.status == 0 && well.json["healthy"] == .bool(true), "\(well)")
        let sockets = try await run(["doctor", "--staging", "192.0.2.200:8080", "-o", "json"], in: folder)
        #expect(sockets.status == 1, "\(sockets)")
        #expect(codes(sockets).isSuperset(of: ["address-absent", "module-absent"]), "\(sockets)")
        chmod(folder.path("state.db"), 0o666)
        let open = try await run(["doctor", "-o", "json"], in: folder)
        #expect(open.status == 1 && codes(open).contains("state-open"), "\(open)")
        chmod(folder.path("state.db"), 0o600)
        #expect(try await run(["node", "create", "fra1", "-q"], in: folder).status == 0)
        let unserved = try await run(["doctor", "-o", "json"], in: folder)
        #expect(unserved.status == 1, "\(unserved)")
        #expect(codes(unserved).isSuperset(of: ["server-not-running", "node-never-seen"]), "\(unserved)")
    }

    @Test func anEnvoyOfAnotherVersionIsAskedAndNamed() async throws {
        let folder = try TemporaryDirectory("doctor")
        let script = "#!/bin/sh\necho \"$0  version: 0123abcd/1.38.1/Clean/RELEASE/BoringSSL\"\n"
        _ = try await folder.script(script, to: "envoy")
        let answer = try await run(["doctor", "-o", "json"], in: folder, ["PATH": folder.path + ":/usr/bin:/bin"])
        #expect(codes(answer).contains("envoy-untested"), "\(answer)")
        #expect(try await run(["doctor", "--envoy", "/bin/true", "-o", "json"], in: folder).status == 1)
    }
}
