public import CEnvoyModule

// Envoy refuses a library that lacks one of these, although this edge has no use for them. 0 is "continue" everywhere.

@_cdecl("envoy_dynamic_module_on_http_filter_request_body")
public func onRequestBody(_ envoy: EnvoyPointer, _ filter: EnvoyPointer, _ endOfStream: Bool) -> Int32 { 0 }

@_cdecl("envoy_dynamic_module_on_http_filter_request_trailers")
public func onRequestTrailers(_ envoy: EnvoyPointer, _ filter: EnvoyPointer) -> Int32 { 0 }

@_cdecl("envoy_dynamic_module_on_http_filter_response_body")
public func onResponseBody(_ envoy: EnvoyPointer, _ filter: EnvoyPointer, _ endOfStream: Bool) -> Int32 { 0 }

@_cdecl("envoy_dynamic_module_on_http_filter_response_trailers")
public func onResponseTrailers(_ envoy: EnvoyPointer, _ filter: EnvoyPointer) -> Int32 { 0 }

@_cdecl("envoy_dynamic_module_on_http_filter_local_reply")
public func onLocalReply(
    _ envoy: EnvoyPointer, _ filter: EnvoyPointer, _ status: UInt32, _ details: signalbox_buffer, _ isReset: Bool
) -> Int32 { 0 }

@_cdecl("envoy_dynamic_module_on_http_filter_scheduled")
public func onScheduled(_ envoy: EnvoyPointer, _ filter: EnvoyPointer, _ event: UInt64) {}

@_cdecl("envoy_dynamic_module_on_http_filter_config_scheduled")
public func onConfigScheduled(_ config: EnvoyPointer, _ event: UInt64) {}

@_cdecl("envoy_dynamic_module_on_http_filter_downstream_above_write_buffer_high_watermark")
public func onAboveHighWatermark(_ envoy: EnvoyPointer, _ filter: EnvoyPointer) {}

@_cdecl("envoy_dynamic_module_on_http_filter_downstream_below_write_buffer_low_watermark")
public func onBelowLowWatermark(_ envoy: EnvoyPointer, _ filter: EnvoyPointer) {}

// Callouts: this edge makes none, so none of these is ever called and their further parameters do not matter.

@_cdecl("envoy_dynamic_module_on_http_filter_http_callout_done")
public func onCalloutDone(_ envoy: EnvoyPointer) {}

@_cdecl("envoy_dynamic_module_on_http_filter_http_stream_headers")
public func onStreamHeaders(_ envoy: EnvoyPointer) {}

@_cdecl("envoy_dynamic_module_on_http_filter_http_stream_data")
public func onStreamData(_ envoy: EnvoyPointer) {}

@_cdecl("envoy_dynamic_module_on_http_filter_http_stream_trailers")
public func onStreamTrailers(_ envoy: EnvoyPointer) {}

@_cdecl("envoy_dynamic_module_on_http_filter_http_stream_complete")
public func onCalloutStreamComplete(_ envoy: EnvoyPointer) {}

@_cdecl("envoy_dynamic_module_on_http_filter_http_stream_reset")
public func onStreamReset(_ envoy: EnvoyPointer) {}

@_cdecl("envoy_dynamic_module_on_http_filter_config_http_callout_done")
public func onConfigCalloutDone(_ envoy: EnvoyPointer) {}

@_cdecl("envoy_dynamic_module_on_http_filter_config_http_stream_headers")
public func onConfigStreamHeaders(_ envoy: EnvoyPointer) {}

@_cdecl("envoy_dynamic_module_on_http_filter_config_http_stream_data")
public func onConfigStreamData(_ envoy: EnvoyPointer) {}

@_cdecl("envoy_dynamic_module_on_http_filter_config_http_stream_trailers")
public func onConfigStreamTrailers(_ envoy: EnvoyPointer) {}

@_cdecl("envoy_dynamic_module_on_http_filter_config_http_stream_complete")
public func onConfigStreamComplete(_ envoy: EnvoyPointer) {}

@_cdecl("envoy_dynamic_module_on_http_filter_config_http_stream_reset")
public func onConfigStreamReset(_ envoy: EnvoyPointer) {}
