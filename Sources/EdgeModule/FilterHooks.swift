public import CEnvoyModule
internal import EdgeEngine
internal import EdgePlan

// The functions that Envoy calls. Names and signatures are its ABI's; all pointers they hand over are good for the time
// of the call only.

public typealias EnvoyPointer = UnsafeMutableRawPointer

/// What a filter is for. Envoy wants an address for a filter's configuration and only hands it back; that of nothing,
/// with the mode's number, will do, and is the same in every plan and on every worker.
private enum FilterMode: UInt {
    /// Serves zones.
    case edge = 1
    /// Serve zones of routes that come in shards.
    case production, lower
    /// Answers with figures.
    case figures

    init?(configuration mode: UnsafeRawBufferPointer) {
        if mode.isEmpty || mode.equals("edge") {
            self = .edge
        } else if mode.equals("figures") {
            self = .figures
        } else if mode.equals("shards production") {
            self = .production
        } else if mode.equals("shards lower") {
            self = .lower
        } else {
            return nil
        }
    }

    var pointer: EnvoyPointer? { EnvoyPointer(bitPattern: rawValue) }

    /// First letter of the network's name where routes come in shards, else 0.
    var network: UInt8 {
        switch self {
        case .production: UInt8(ascii: "p")
        case .lower: UInt8(ascii: "l")
        case .edge, .figures: 0
        }
    }
}

/// The ABI's version, null-terminated.
private nonisolated(unsafe) let abiVersion: UnsafePointer<CChar> = {
    // Shared without locks: written here, before anybody can read it, and never again.
    let text = Array(SIGNALBOX_ENVOY_ABI.utf8CString)
    let memory = UnsafeMutablePointer<CChar>.allocate(capacity: text.count)
    memory.initialize(from: text, count: text.count)
    return UnsafePointer(memory)
}()

@_cdecl("envoy_dynamic_module_on_program_init")
public func onProgramInit() -> UnsafePointer<CChar>? {
    // Here, and not within somebody's request, is the time to read a file.
    _ = LiveTraceKey.known
    return abiVersion
}

@_cdecl("envoy_dynamic_module_on_http_filter_config_new")
public func onFilterConfigNew(_ envoy: EnvoyPointer, _ name: signalbox_buffer, _ mode: signalbox_buffer)
    -> EnvoyPointer?
{
    if let mode = FilterMode(configuration: mode.bytes) { return mode.pointer }
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
    // An address that is none of ours gets no filter, which fails the request and nothing else.
    guard let mode = FilterMode(rawValue: UInt(bitPattern: config)) else { return nil }
    return mode == .figures ? config : EdgeFilter.make(network: mode.network)
}

@_cdecl("envoy_dynamic_module_on_http_filter_destroy")
public func onFilterDestroy(_ filter: EnvoyPointer) {
    guard let edge = edgeFilter(filter) else { return }
    edge.deinitialize(count: 1)
    WorkerMemory.current.pointee.spare.give(filter)
}

/// Nil for the filter that answers with figures.
private func edgeFilter(_ filter: EnvoyPointer) -> UnsafeMutablePointer<EdgeFilter>? {
    filter == FilterMode.figures.pointer ? nil : filter.assumingMemoryBound(to: EdgeFilter.self)
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
