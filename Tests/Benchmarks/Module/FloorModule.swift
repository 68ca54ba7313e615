import FoundationEssentials
import TestKit

/// The least that any dynamic module costs: a library in C, built for the benchmark and never shipped, whose filter
/// either does nothing at all or only does what no module in the edge's place could leave out: take the request's
/// headers and the response's over from Envoy, and add as many response headers as the edge does.
///
/// What the edge costs beyond it is the edge's own.
enum FloorModule {
    static let name = "signalbox_floor"
    /// As a filter's configuration: do nothing.
    static let idle = "idle"

    /// Builds it into a folder; false where there is no C compiler.
    static func build(in folder: TemporaryDirectory) async throws -> Bool {
        let source = try folder.write(text, to: "floor.c")
        let compiled = try? await ChildProcess.run(
            "cc", ["-shared", "-fPIC", "-O2", "-o", folder.path("lib\(name).so"), source])
        return compiled?.exit.isSuccess ?? false
    }

    /// An HTTP filter of it.
    ///
    /// - Parameter mode: ``idle``, or how many response headers it adds, one digit.
    static func filter(_ mode: String) -> JSONTree {
        .object([
            "name": .string("floor"),
            "typed_config": .object([
                "@type": .string(
                    "type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter"),
                "dynamic_module_config": .object(["name": .string(name), "do_not_close": .bool(true)]),
                "filter_name": .string("floor"),
                "filter_config": .object([
                    "@type": .string("type.googleapis.com/google.protobuf.StringValue"), "value": .string(mode),
                ]),
            ]),
        ])
    }

    /// Hooks that Envoy asks for and that have nothing to do.
    private static let idleHooks = [
        "http_filter_config_destroy", "http_filter_per_route_config_new", "http_filter_per_route_config_destroy",
        "http_filter_destroy", "http_filter_stream_complete", "http_filter_request_body",
        "http_filter_request_trailers", "http_filter_response_body", "http_filter_response_trailers",
        "http_filter_local_reply", "http_filter_scheduled", "http_filter_config_scheduled",
        "http_filter_downstream_above_write_buffer_high_watermark",
        "http_filter_downstream_below_write_buffer_low_watermark", "http_filter_http_callout_done",
        "http_filter_http_stream_headers", "http_filter_http_stream_data", "http_filter_http_stream_trailers",
        "http_filter_http_stream_complete", "http_filter_http_stream_reset", "http_filter_config_http_callout_done",
        "http_filter_config_http_stream_headers", "http_filter_config_http_stream_data",
        "http_filter_config_http_stream_trailers", "http_filter_config_http_stream_complete",
        "http_filter_config_http_stream_reset",
    ]

    private static let text = """
        #include <stdbool.h>
        #include <stddef.h>
        #include <stdint.h>

        typedef struct { const char *ptr; size_t length; } buffer;
        typedef struct { const char *key; size_t key_length; const char *value; size_t value_length; } pair;
        size_t envoy_dynamic_module_callback_http_get_headers_size(void *, int);
        bool envoy_dynamic_module_callback_http_get_headers(void *, int, pair *);
        bool envoy_dynamic_module_callback_http_add_header(void *, int, buffer, buffer);

        static char modes[10];

        const char *envoy_dynamic_module_on_program_init(void) { return "v0.1.0"; }
        void *envoy_dynamic_module_on_http_filter_config_new(void *envoy, buffer name, buffer mode) {
            return modes + (mode.length == 1 ? mode.ptr[0] - '0' : 0);
        }
        void *envoy_dynamic_module_on_http_filter_new(void *config, void *envoy) { return config; }

        static void take(void *envoy, int type) {
            pair pairs[64];
            if (envoy_dynamic_module_callback_http_get_headers_size(envoy, type) <= 64)
                envoy_dynamic_module_callback_http_get_headers(envoy, type, pairs);
        }
        int envoy_dynamic_module_on_http_filter_request_headers(void *envoy, void *filter, bool end) {
            if ((char *)filter != modes) take(envoy, 0);
            return 0;
        }
        int envoy_dynamic_module_on_http_filter_response_headers(void *envoy, void *filter, bool end) {
            long count = (char *)filter - modes;
            if (count > 0) take(envoy, 2);
            for (long index = 0; index < count; index++) {
                char name[] = "x-floor-0";
                name[8] += index;
                buffer key = {name, 9}, value = {"value-9", 7};
                envoy_dynamic_module_callback_http_add_header(envoy, 2, key, value);
            }
            return 0;
        }

        """
        + idleHooks.map { "long envoy_dynamic_module_on_\($0)(void) { return 0; }" }.joined(separator: "\n")
}
