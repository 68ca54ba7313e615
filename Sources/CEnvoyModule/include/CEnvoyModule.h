/// The part of Envoy's dynamic-module ABI that the edge module uses: callbacks that Envoy's program exports and that are
/// bound when it loads the library. Names and signatures are Envoy 1.39's (ABI v0.1.0).
#ifndef CENVOYMODULE_H
#define CENVOYMODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The ABI that these declarations follow.
#define SIGNALBOX_ENVOY_ABI "v0.1.0"

/// Bytes that belong to Envoy or to the module, depending on the call.
typedef struct {
    const char *_Nullable ptr;
    size_t length;
} signalbox_buffer;

/// A header or a pair of metadata.
typedef struct {
    const char *_Nullable key;
    size_t key_length;
    const char *_Nullable value;
    size_t value_length;
} signalbox_pair;

enum {
    SIGNALBOX_REQUEST_HEADERS = 0,
    SIGNALBOX_RESPONSE_HEADERS = 2,
};

enum {
    SIGNALBOX_ATTRIBUTE_REQUEST_ID = 9,
    SIGNALBOX_ATTRIBUTE_PROTOCOL = 10,
    SIGNALBOX_ATTRIBUTE_RESPONSE_CODE = 15,
    SIGNALBOX_ATTRIBUTE_SOURCE_ADDRESS = 24,
    SIGNALBOX_ATTRIBUTE_DESTINATION_ADDRESS = 26,
    SIGNALBOX_ATTRIBUTE_TLS_VERSION = 31,
};

/// Levels of Envoy's log.
enum { SIGNALBOX_LOG_INFO = 2, SIGNALBOX_LOG_ERROR = 4 };

void envoy_dynamic_module_callback_log(int level, signalbox_buffer message);

size_t envoy_dynamic_module_callback_http_get_headers_size(void *_Nonnull filter, int type);
bool envoy_dynamic_module_callback_http_get_headers(void *_Nonnull filter, int type, signalbox_pair *_Nonnull result);
/// A null value removes the header.
bool envoy_dynamic_module_callback_http_set_header(void *_Nonnull filter, int type, signalbox_buffer key,
                                                   signalbox_buffer value);
bool envoy_dynamic_module_callback_http_add_header(void *_Nonnull filter, int type, signalbox_buffer key,
                                                   signalbox_buffer value);
void envoy_dynamic_module_callback_http_send_response(void *_Nonnull filter, uint32_t status,
                                                      signalbox_pair *_Nullable headers, size_t count,
                                                      signalbox_buffer body, signalbox_buffer details);
void envoy_dynamic_module_callback_http_clear_route_cache(void *_Nonnull filter);
/// Resolves the route if it is not resolved yet.
void *_Nullable envoy_dynamic_module_callback_get_most_specific_route_config(void *_Nonnull filter);
bool envoy_dynamic_module_callback_http_filter_get_attribute_string(void *_Nonnull filter, int attribute,
                                                                    signalbox_buffer *_Nonnull result);
bool envoy_dynamic_module_callback_http_filter_get_attribute_int(void *_Nonnull filter, int attribute,
                                                                 uint64_t *_Nonnull result);
void envoy_dynamic_module_callback_http_set_dynamic_metadata_string_batch(void *_Nonnull filter,
                                                                          signalbox_buffer name_space,
                                                                          const signalbox_pair *_Nullable pairs,
                                                                          size_t count);

/// One pointer for each thread; null until it is set. Envoy's workers live as long as its process.
void *_Nullable signalbox_thread_memory(void);
void signalbox_set_thread_memory(void *_Nullable memory);

#endif
