/// The part of libcurl that Swift cannot call by itself.
///
/// `curl_easy_setopt`, `curl_easy_getinfo` and `curl_multi_setopt` are variadic, and a finished transfer is reported in
/// a union; each wrapper here has one fixed signature for one kind of argument.
///
/// The library itself is loaded by `ccurl_global_init`, not with the program: it brings some thirty others with it, whose
/// loading took 5 ms of every command, and few commands send a request. So every call goes through a wrapper; types and
/// numbers are those of <curl/curl.h>. Needs libcurl 7.87 or newer (Debian 12: libcurl4-openssl-dev 7.88).
#ifndef CCURL_H
#define CCURL_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Receives `size * count` bytes; returning another number ends the transfer with CURLE_WRITE_ERROR.
typedef size_t (*ccurl_receiver)(char *bytes, size_t size, size_t count, void *context);

/// Loads libcurl, then the same as `curl_global_init`. CURLE_FAILED_INIT also when it is not installed or lacks something
/// of what is called here. Comes before every other call, and once.
CURLcode ccurl_global_init(long flags);

CURL *ccurl_easy_init(void);
void ccurl_easy_cleanup(CURL *easy);
const char *ccurl_easy_strerror(CURLcode code);
struct curl_header *ccurl_easy_nextheader(CURL *easy, unsigned int origin, int request, struct curl_header *previous);
CURLM *ccurl_multi_init(void);
CURLMcode ccurl_multi_cleanup(CURLM *multi);
CURLMcode ccurl_multi_add_handle(CURLM *multi, CURL *easy);
CURLMcode ccurl_multi_remove_handle(CURLM *multi, CURL *easy);
CURLMcode ccurl_multi_perform(CURLM *multi, int *running);
/// Without descriptors of the caller's own.
CURLMcode ccurl_multi_poll(CURLM *multi, int milliseconds);
CURLMcode ccurl_multi_wakeup(CURLM *multi);
const char *ccurl_multi_strerror(CURLMcode code);
struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *text);
void ccurl_slist_free_all(struct curl_slist *list);

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
