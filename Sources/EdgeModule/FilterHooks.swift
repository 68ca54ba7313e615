public import CEnvoyModule
internal import EdgeEngine
internal import EdgePlan

// The functions that Envoy calls. Names and signatures are its ABI's; all pointers they hand over are good for the time
// of the call only.

public typealias EnvoyPointer = UnsafeMutableRawPointer

/// What a filter is for.
enum FilterMode {
    /// Serves zones.
    case edge
    /// Answers with figures.
    case figures
}

/// Envoy wants an address for a configuration and for each request; these stand for modes that need no memory.
private enum Marker {
    nonisolated(unsafe) static let edge = UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1)
    /// Serve zones of routes that come in shards.
    nonisolated(unsafe) static let production = UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1)
    nonisolated(unsafe) static let lower = UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1)
    nonisolated(unsafe) static let figures = UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1)
    /// Null-terminated.
    nonisolated(unsafe) static let version: UnsafePointer<CChar> = {
        let text = Array(SIGNALBOX_ENVOY_ABI.utf8CString)
        let memory = UnsafeMutablePointer<CChar>.allocate(capacity: text.count)
        memory.initialize(from: text, count: text.count)
        return UnsafePointer(memory)
    }()
}

@_cdecl("envoy_dynamic_module_on_program_init")
public func onProgramInit() -> UnsafePointer<CChar>? {
    // Here, and not within somebody's request, is the time to read a file.
    _ = LiveTraceKey.known
    return Marker.version
}

@_cdecl("envoy_dynamic_module_on_http_filter_config_new")
public func onFilterConfigNew(_ envoy: EnvoyPointer, _ name: signalbox_buffer, _ mode: signalbox_buffer)
    -> EnvoyPointer?
{
    if mode.bytes.isEmpty || mode.bytes.equals("edge") { return Marker.edge }
    if mode.bytes.equals("figures") { return Marker.figures }
    if mode.bytes.equals("shards production") { return Marker.production }
    if mode.bytes.equals("shards lower") { return Marker.lower }
    EnvoyLog.error(
        "signalbox: filter refused: its configuration is empty, 'edge', 'shards NETWORK' or 'figures'")
    return nil
}

@_cdecl("envoy_dynamic_module_on_http_filter_config_destroy")
public func onFilterConfigDestroy(_ config: EnvoyPointer) {}

@_cdecl("envoy_dynamic_module_on_http_filter_per_route_config_new")
public func onPerRouteConfigNew(_ name: signalbox_buffer, _ plan: signalbox_buffer) -> EnvoyPointer? {
    do throws(PlanRefusal) {
        return try PlanTable.shared.take(plan.bytes)
    } catch {
        EnvoyLog.error("signalbox: plan refused: \(error)")
        return nil
    }
}

@_cdecl("envoy_dynamic_module_on_http_filter_per_route_config_destroy")
public func onPerRouteConfigDestroy(_ plan: EnvoyPointer) { PlanTable.shared.drop(plan) }

@_cdecl("envoy_dynamic_module_on_http_filter_new")
public func onFilterNew(_ config: EnvoyPointer, _ envoy: EnvoyPointer) -> EnvoyPointer? {
    if config == Marker.figures { return Marker.figures }
    let network =
        config == Marker.production ? UInt8(ascii: "p") : config == Marker.lower ? UInt8(ascii: "l") : 0
    return EdgeFilter.make(network: network)
}

@_cdecl("envoy_dynamic_module_on_http_filter_destroy")
public func onFilterDestroy(_ filter: EnvoyPointer) {
    guard let edge = edgeFilter(filter) else { return }
    edge.deinitialize(count: 1)
    WorkerMemory.current.pointee.spare.give(filter)
}

/// Nil for the filter that answers with figures.
private func edgeFilter(_ filter: EnvoyPointer) -> UnsafeMutablePointer<EdgeFilter>? {
    filter == Marker.figures ? nil : filter.assumingMemoryBound(to: EdgeFilter.self)
}

/// 0: continue; 1: stop, the answer is on its way.
@_cdecl("envoy_dynamic_module_on_http_filter_request_headers")
public func onRequestHeaders(_ envoy: EnvoyPointer, _ filter: EnvoyPointer, _ endOfStream: Bool) -> Int32 {
    guard let edge = edgeFilter(filter) else {
        FiguresAnswer.send(Stream(envoy: envoy))
        return 1
    }
    return edge.pointee.decide(Stream(envoy: envoy)) ? 0 : 1
}

@_cdecl("envoy_dynamic_module_on_http_filter_response_headers")
public func onResponseHeaders(_ envoy: EnvoyPointer, _ filter: EnvoyPointer, _ endOfStream: Bool) -> Int32 {
    edgeFilter(filter)?.pointee.respond(Stream(envoy: envoy))
    return 0
}

@_cdecl("envoy_dynamic_module_on_http_filter_stream_complete")
public func onStreamComplete(_ envoy: EnvoyPointer, _ filter: EnvoyPointer) {
    edgeFilter(filter)?.pointee.complete(Stream(envoy: envoy))
}
