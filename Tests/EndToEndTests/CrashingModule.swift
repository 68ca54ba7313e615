import FoundationEssentials
import TestKit

/// A test build of the edge module: the module as it is shipped, and in front of two of its hooks a function that ends
/// the process for plans that carry a marker. Every other hook is the shipped one, found in the library that this one
/// needs.
struct CrashingModule {
    /// Any text of a plan, for instance a header's value. It ends the process once after ``arm()``.
    static let onAccept = "crash-on-accept"
    static let onRequest = "crash-on-request"
    /// The function that the shipped library must not have.
    static let symbol = "signalbox_test_crash"

    let path: String
    private let armed: String

    static func build(in folder: TemporaryDirectory) async throws -> CrashingModule {
        guard let shipped = Checkout.edgeModule() else { throw EdgeScenario.NoModule() }
        let source = try folder.write(text, to: "crashing.c")
        let module = CrashingModule(path: folder.path("crashing.so"), armed: folder.path("armed"))
        let compiled = try await ChildProcess.run(
            "cc",
            [
                "-shared", "-fPIC", "-O1", "-DSHIPPED=\"\(shipped)\"", "-DARMED=\"\(module.armed)\"", "-o", module.path,
                source, "-Wl,--no-as-needed",
                // Named by its path, so that the loader takes exactly that file.
                shipped,
            ])
        guard compiled.exit.isSuccess else { throw NotCompiled(errors: compiled.errors) }
        return module
    }

    /// The next plan that is marked ends the process that reads it.
    func arm() throws { try Data().write(to: URL(filePath: armed)) }

    struct NotCompiled: Error {
        let errors: String
    }

    private static let text = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <stdbool.h>
        #include <string.h>
        #include <unistd.h>

        typedef struct { const char *ptr; size_t length; } buffer;
        typedef void *(*config_new)(buffer, buffer);
        typedef int (*request_headers)(void *, void *, bool);

        static volatile bool armed;

        void \(symbol)(void) { __builtin_trap(); }

        static void *shipped(const char *name) { return dlsym(dlopen(SHIPPED, RTLD_NOW | RTLD_NOLOAD), name); }

        static bool carries(buffer plan, const char *marker) {
            return memmem(plan.ptr, plan.length, marker, strlen(marker)) != 0;
        }

        void *envoy_dynamic_module_on_http_filter_per_route_config_new(buffer name, buffer plan) {
            if (carries(plan, "\(onAccept)") && unlink(ARMED) == 0) \(symbol)();
            if (carries(plan, "\(onRequest)")) armed = true;
            return ((config_new)shipped("envoy_dynamic_module_on_http_filter_per_route_config_new"))(name, plan);
        }

        int envoy_dynamic_module_on_http_filter_request_headers(void *envoy, void *filter, bool end) {
            if (armed) \(symbol)();
            return ((request_headers)shipped("envoy_dynamic_module_on_http_filter_request_headers"))(envoy, filter, end);
        }

        """
}
