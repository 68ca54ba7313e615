import EdgePlan
import FoundationEssentials
import Glibc
import RulesLanguage
import TestKit
import Testing

/// A real Envoy with the module and one zone, whose plan can be swapped, in front of an origin that echoes.
final class EdgeHarness: Sendable {
    let envoy: EnvoyProcess
    let origins: OriginProcess
    let edge: HostPort
    let staging: HostPort
    let figuresSocket: HostPort
    private let directory: TemporaryDirectory

    private init(
        envoy: EnvoyProcess, origins: OriginProcess, edge: HostPort, staging: HostPort, figures: HostPort,
        directory: TemporaryDirectory
    ) {
        (self.envoy, self.origins, self.edge, self.staging) = (envoy, origins, edge, staging)
        figuresSocket = figures
        self.directory = directory
    }

    /// Nil: what is missing, so that the test can say that it was skipped and why.
    static var missing: String? {
        if EnvoyBinary.locate() == nil { return "no Envoy: set SIGNALBOX_ENVOY or run make tools" }
        if Checkout.edgeModule() == nil { return "no edge module: run make edge or set SIGNALBOX_EDGE_MODULE" }
        return nil
    }

    /// - Parameter traceKey: what live traces are signed with, as `node run` writes it.
    static func start(_ plan: ZonePlan, traceKey: String? = nil) async throws -> EdgeHarness {
        let origins = try await OriginProcess.start(["one:fra", "two:hil"])
        guard let one = origins["one"], let two = origins["two"], let library = Checkout.edgeModule() else {
            throw Failure(what: "an origin or the module is missing")
        }
        let directory = try TemporaryDirectory("module")
        try FileManager.default.createDirectory(atPath: directory.path("lib"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: library, toPath: directory.path("lib/libsignalbox_edge.so"))
        if let traceKey { try directory.write(traceKey, to: "lib/trace.key") }
        let ports = try FreePort.pick(3, on: ["127.0.0.1", "127.0.0.22"])
        let admin = HostPort("127.0.0.1", ports[0])
        let edge = HostPort("127.0.0.1", ports[1])
        let staging = HostPort("127.0.0.22", ports[1])
        let figures = HostPort("127.0.0.1", ports[2])
        try directory.write(Self.routes(plan), to: "xds/routes.json")
        let bootstrap = Self.bootstrap(
            admin: admin, listeners: [edge, staging], figures: figures, folder: directory.path("xds"),
            log: directory.path("access.log"), origins: [("one.0001", one), ("two.0002", two)])
        let envoy = try await EnvoyProcess.start(
            bootstrap: bootstrap, admin: admin, modules: directory.path("lib"), concurrency: 2,
            arguments: ["--file-flush-interval-msec", "50"])
        let harness = EdgeHarness(
            envoy: envoy, origins: origins, edge: edge, staging: staging, figures: figures, directory: directory)
        try await eventually("the first routes") { try await harness.counter("update_success") >= 1 }
        return harness
    }

    struct Failure: Error { let what: String }

    func stop() async {
        await envoy.stop()
        await origins.stop()
    }

    func counter(_ name: String) async throws -> Int {
        try await envoy.stats("rds.zones.\(name)$").values.max() ?? 0
    }

    /// Replaces the routes as a file system subscription sees it: by a rename.
    func publish(routes text: String) throws {
        let file = try directory.write(text, to: "next.json")
        guard rename(file, directory.path("xds/routes.json")) == 0 else { throw Failure(what: "rename") }
    }

    func publish(_ plan: ZonePlan) async throws {
        let before = try await counter("update_success")
        try publish(routes: Self.routes(plan))
        try await eventually("the new plan") { try await counter("update_success") > before }
    }

    func ask(
        _ target: String, _ headers: [(String, String)] = [], method: String = "GET", host: String = "Shop.Test",
        at server: HostPort? = nil
    ) async throws -> RawHTTPResponse {
        try await RawHTTP.request(method, target, at: server ?? edge, host: host, headers: headers)
    }

    func accessLog() throws -> String { try directory.read("access.log") }

    // MARK: configuration

    static func routes(_ plan: ZonePlan) -> String {
        let payload = ZonePlanEncoder.encode(plan)
        // Any name will do here: the module compares digests, it does not compute them.
        var digest = [UInt8](repeating: 0, count: 32)
        for (index, byte) in payload.enumerated() { digest[index % 32] = digest[index % 32] &* 31 &+ byte }
        return routes(
            bytes: PlanEnvelope.wrap(payload, digest: Digest(bytes: digest)), zone: plan.name, usual: plan.usualOrigin)
    }

    /// - Parameter usual: where a request goes without a word of the module's, as the product lays its routes out.
    static func routes(bytes: [UInt8], zone: String = "", usual: String? = nil) -> String {
        let rest =
            usual.map { "\"route\":{\"cluster\":\"\($0)\",\"timeout\":\"5s\"}" }
            ?? "\"direct_response\":{\"status\":503,\"body\":{\"inline_string\":\"no route\\n\"}}"
        let chosen = ["one.0001", "two.0002"].map {
            """
            {"match":{"prefix":"/","headers":[{"name":"x-edge-origin","string_match":{"exact":"\($0)"}}]},
             "route":{"cluster":"\($0)","timeout":"5s"}}
            """
        }
        return """
            {"version_info":"\(bytes.count)","resources":[{
              "@type":"type.googleapis.com/envoy.config.route.v3.RouteConfiguration","name":"zones",
              "virtual_hosts":[{"name":"shop","domains":["shop.test","*.shop.test"],
                "metadata":{"filter_metadata":{"signalbox":{"zone":"\(zone)"}}},
                "typed_per_filter_config":{"edge":{
                  "@type":"type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilterPerRoute",
                  "dynamic_module_config":{"name":"signalbox_edge","do_not_close":true},"filter_name":"edge",
                  "filter_config":{"@type":"type.googleapis.com/google.protobuf.BytesValue",
                                   "value":"\(Data(bytes).base64EncodedString())"}}},
                "routes":[\(chosen.joined(separator: ",")),
                  {"match":{"prefix":"/"},\(rest)}]},
               {"name":"other","domains":["other.test"],
                "routes":[{"match":{"prefix":"/"},"route":{"cluster":"two.0002"}}]}]}]}
            """
    }

    private static func filter(_ mode: String) -> String {
        """
        {"name":"edge","typed_config":{
          "@type":"type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter",
          "dynamic_module_config":{"name":"signalbox_edge","do_not_close":true},"filter_name":"edge",
          "filter_config":{"@type":"type.googleapis.com/google.protobuf.StringValue","value":"\(mode)"}}},
        {"name":"envoy.filters.http.router","typed_config":{
          "@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}
        """
    }

    private static func listener(_ at: HostPort, _ mode: String, _ routes: String, _ log: String) -> String {
        """
        {"name":"\(at)","address":{"socket_address":{"address":"\(at.host)","port_value":\(at.port)}},
         "filter_chains":[{"filters":[{"name":"envoy.filters.network.http_connection_manager","typed_config":{
           "@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
           "stat_prefix":"edge","normalize_path":true,"merge_slashes":true,"use_remote_address":true,
           "internal_address_config":{},"strip_any_host_port":true,"strip_trailing_host_dot":true,
           "common_http_protocol_options":{"headers_with_underscores_action":"DROP_HEADER"},
           "delayed_close_timeout":"0.05s",\(log)
           "http_filters":[\(filter(mode))],\(routes)}}]}]}
        """
    }

    private static func bootstrap(
        admin: HostPort, listeners: [HostPort], figures: HostPort, folder: String, log: String,
        origins: [(String, HostPort)]
    ) -> String {
        let rds = """
            "rds":{"route_config_name":"zones","config_source":{"resource_api_version":"V3","path_config_source":{
              "path":"\(folder)/routes.json","watched_directory":{"path":"\(folder)"}}}}
            """
        let fields = ["zone", "application", "version", "configuration", "environment", "rules", "asked"].map {
            "\"\($0)\":\"%METADATA(VIRTUAL_HOST:signalbox:\($0))%%DYNAMIC_METADATA(signalbox:\($0))%\""
        }
        let access = """
            "access_log":[{"name":"envoy.access_loggers.file","typed_config":{
              "@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog","path":"\(log)",
              "log_format":{"omit_empty_values":true,"json_format":{"path":"%REQ(:PATH)%","status":"%RESPONSE_CODE%",\(fields.joined(separator: ","))}}}}],
            """
        let clusters = origins.map { name, at in
            """
            {"name":"\(name)","type":"STATIC","connect_timeout":"1s","load_assignment":{"cluster_name":"\(name)","endpoints":[
              {"lb_endpoints":[{"endpoint":{"address":{"socket_address":{
                "address":"\(at.host)","port_value":\(at.port)}}}}]}]}}
            """
        }
        let none = """
            "route_config":{"name":"none","virtual_hosts":[]}
            """
        let all = listeners.map { listener($0, "", rds, access) } + [listener(figures, "figures", none, "")]
        return """
            {"node":{"id":"test","cluster":"edge"},
             "admin":{"address":{"socket_address":{"address":"\(admin.host)","port_value":\(admin.port)}}},
             "static_resources":{"listeners":[\(all.joined(separator: ","))],
              "clusters":[\(clusters.joined(separator: ","))]}}
            """
    }
}
