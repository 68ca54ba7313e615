/// `envoy.extensions.dynamic_modules.v3.DynamicModuleConfig`
struct DynamicModuleConfig: Encodable {
    var name = EdgeContract.library
    /// Swift code cannot be unloaded, and per-route configurations die on worker threads.
    var doNotClose = true
}

/// `envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter`
struct DynamicModuleFilter: EnvoyMessage {
    static let messageName = "envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter"
    var dynamicModuleConfig = DynamicModuleConfig()
    var filterName = EdgeContract.filter
    var filterConfig: Packed

    init(mode: String) { filterConfig = Packed(StringMessage(value: mode)) }
}

/// `envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilterPerRoute`
struct DynamicModuleFilterPerRoute: EnvoyMessage {
    static let messageName = "envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilterPerRoute"
    var dynamicModuleConfig = DynamicModuleConfig()
    var filterName = EdgeContract.filter
    var filterConfig: Packed

    init(plan: [UInt8]) { filterConfig = Packed(BytesMessage(value: plan.base64)) }
}
