/// The part of libcurl that Swift cannot call by itself.
///
/// `curl_easy_setopt`, `curl_easy_getinfo` and `curl_multi_setopt` are variadic, and a finished transfer is reported in
/// a union; each wrapper here has one fixed signature for one kind of argument. Everything else of <curl/curl.h> is
/// imported as it is. Needs libcurl 7.87 or newer (Debian 12: libcurl4-openssl-dev 7.88).
#ifndef CCURL_H
#define CCURL_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Receives `size * count` bytes; returning another number ends the transfer with CURLE_WRITE_ERROR.
typedef size_t (*ccurl_receiver)(char *bytes, size_t size, size_t count, void *context);

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value);
CURLcode ccurl_set_size(CURL *easy, CURLoption option, int64_t value);
CURLcode ccurl_set_text(CURL *easy, CURLoption option, const char *value);
CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value);

/// Gives the request a body, which is copied.
CURLcode ccurl_set_body(CURL *easy, const void *bytes, size_t count);

/// Where body bytes and header lines go; both receivers get the same context.
CURLcode ccurl_set_receivers(CURL *easy, ccurl_receiver body, ccurl_receiver header_line, void *context);

/// `buffer` has room for CURL_ERROR_SIZE bytes and lives as long as the handle.
CURLcode ccurl_set_error_buffer(CURL *easy, char *buffer);

CURLcode ccurl_get_long(CURL *easy, CURLINFO info, long *value);
CURLcode ccurl_get_size(CURL *easy, CURLINFO info, int64_t *value);
/// The text belongs to the handle.
CURLcode ccurl_get_text(CURL *easy, CURLINFO info, const char **value);

CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);

/// Takes the next finished transfer out of the queue; false when there is none.
bool ccurl_next_finished(CURLM *multi, CURL **easy, CURLcode *result);

#endif
