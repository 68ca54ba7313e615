internal import CEnvoyModule

/// One request within Envoy, during one of its callbacks.
struct Stream {
    let envoy: UnsafeMutableRawPointer

    func attribute(_ id: Int) -> UnsafeRawBufferPointer? {
        var result = signalbox_buffer(ptr: nil, length: 0)
        guard envoy_dynamic_module_callback_http_filter_get_attribute_string(envoy, Int32(id), &result) else {
            return nil
        }
        return result.bytes
    }

    /// Status of the answer, 0 when there was none.
    var responseCode: Int {
        var result: UInt64 = 0
        let id = Int32(SIGNALBOX_ATTRIBUTE_RESPONSE_CODE)
        guard envoy_dynamic_module_callback_http_filter_get_attribute_int(envoy, id, &result) else { return 0 }
        return Int(clamping: result)
    }

    /// The plan of the virtual host that the route belongs to. Resolves the route.
    var plan: UnsafeMutablePointer<LoadedPlan>? {
        envoy_dynamic_module_callback_get_most_specific_route_config(envoy)?.assumingMemoryBound(to: LoadedPlan.self)
    }

    func set(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, isResponse: Bool = false) {
        _ = envoy_dynamic_module_callback_http_set_header(
            envoy, type(isResponse), signalbox_buffer(name), signalbox_buffer(value))
    }

    func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, isResponse: Bool = false) {
        _ = envoy_dynamic_module_callback_http_add_header(
            envoy, type(isResponse), signalbox_buffer(name), signalbox_buffer(value))
    }

    func remove(_ name: UnsafeRawBufferPointer, isResponse: Bool = false) {
        _ = envoy_dynamic_module_callback_http_set_header(
            envoy, type(isResponse), signalbox_buffer(name), .removal)
    }

    private func type(_ isResponse: Bool) -> Int32 {
        Int32(isResponse ? SIGNALBOX_RESPONSE_HEADERS : SIGNALBOX_REQUEST_HEADERS)
    }

    /// Forgets the route, so that the next look at it takes the headers as they are then.
    func clearRoute() { envoy_dynamic_module_callback_http_clear_route_cache(envoy) }

    func answer(
        _ status: Int, _ headers: UnsafeMutableBufferPointer<signalbox_pair>, _ body: UnsafeRawBufferPointer,
        _ details: StaticString
    ) {
        envoy_dynamic_module_callback_http_send_response(
            envoy, UInt32(clamping: status), headers.baseAddress, headers.count, signalbox_buffer(body),
            signalbox_buffer(details))
    }

    func setMetadata(_ pairs: UnsafeBufferPointer<signalbox_pair>) {
        envoy_dynamic_module_callback_http_set_dynamic_metadata_string_batch(
            envoy, signalbox_buffer("signalbox"), pairs.baseAddress, pairs.count)
    }
}
