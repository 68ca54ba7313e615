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
// Not in the Glibc module of Swift.
#include <sys/epoll.h>
#include <sys/eventfd.h>

/// Receives `size * count` bytes; returning another number ends the transfer with CURLE_WRITE_ERROR.
typedef size_t (*ccurl_receiver)(char *bytes, size_t size, size_t count, void *context);

/// Fills `bytes` with at most `size * count` bytes of a body and returns how many; 0 is its end.
typedef size_t (*ccurl_sender)(char *bytes, size_t size, size_t count, void *context);

/// A socket is to be watched for reading (1), writing (2), both (3) or no longer (4).
typedef int (*ccurl_watcher)(CURL *easy, curl_socket_t socket, int what, void *context, void *socket_context);

/// `ccurl_multi_act` is to be called without a socket after so many milliseconds; -1 takes that back.
typedef int (*ccurl_timer)(CURLM *multi, long milliseconds, void *context);

/// What a receiver and a sender return to be called again only after `ccurl_easy_continue`.
static const size_t ccurl_receiver_pause = CURL_WRITEFUNC_PAUSE;
static const size_t ccurl_sender_pause = CURL_READFUNC_PAUSE;
static const size_t ccurl_sender_abort = CURL_READFUNC_ABORT;

/// Loads libcurl, then the same as `curl_global_init`. CURLE_FAILED_INIT also when it is not installed or lacks something
/// of what is called here. Comes before every other call, and once.
CURLcode ccurl_global_init(long flags);

CURL *ccurl_easy_init(void);
void ccurl_easy_cleanup(CURL *easy);
/// All options back to their defaults; connections and what was looked up stay.
void ccurl_easy_reset(CURL *easy);
/// Ends a pause in either direction. May call receivers before it returns.
CURLcode ccurl_easy_continue(CURL *easy);
const char *ccurl_easy_strerror(CURLcode code);
struct curl_header *ccurl_easy_nextheader(CURL *easy, unsigned int origin, int request, struct curl_header *previous);
CURLM *ccurl_multi_init(void);
CURLMcode ccurl_multi_cleanup(CURLM *multi);
CURLMcode ccurl_multi_add_handle(CURLM *multi, CURL *easy);
CURLMcode ccurl_multi_remove_handle(CURLM *multi, CURL *easy);
/// Lets libcurl work on one socket that is ready to be read (1), written (2) or broken (4), or both (3).
CURLMcode ccurl_multi_act(CURLM *multi, curl_socket_t socket, int what);
/// Lets libcurl work on what is due by the clock.
CURLMcode ccurl_multi_act_on_time(CURLM *multi);
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

/// Where the bytes of a body come from that is not held whole.
CURLcode ccurl_set_sender(CURL *easy, ccurl_sender sender, void *context);

/// Who watches sockets and the clock; both get the same context.
CURLMcode ccurl_multi_set_watchers(CURLM *multi, ccurl_watcher watcher, ccurl_timer timer, void *context);

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
