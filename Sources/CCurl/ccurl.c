#include "ccurl.h"

#include <dlfcn.h>

/// What is called of libcurl. Bound by `ccurl_global_init`, never changed after it.
static struct {
    __typeof__(&curl_easy_setopt) easy_setopt;
    __typeof__(&curl_easy_getinfo) easy_getinfo;
    __typeof__(&curl_multi_setopt) multi_setopt;
    __typeof__(&curl_multi_info_read) multi_info_read;
    __typeof__(&curl_global_init) global_init;
    __typeof__(&curl_easy_init) easy_init;
    __typeof__(&curl_easy_cleanup) easy_cleanup;
    __typeof__(&curl_easy_reset) easy_reset;
    __typeof__(&curl_easy_pause) easy_pause;
    __typeof__(&curl_easy_strerror) easy_strerror;
    __typeof__(&curl_easy_nextheader) easy_nextheader;
    __typeof__(&curl_multi_init) multi_init;
    __typeof__(&curl_multi_cleanup) multi_cleanup;
    __typeof__(&curl_multi_add_handle) multi_add_handle;
    __typeof__(&curl_multi_remove_handle) multi_remove_handle;
    __typeof__(&curl_multi_socket_action) multi_socket_action;
    __typeof__(&curl_multi_strerror) multi_strerror;
    __typeof__(&curl_slist_append) slist_append;
    __typeof__(&curl_slist_free_all) slist_free_all;
} lib;

static bool bind_all(void *library) {
#define BIND(name) ((lib.name = (__typeof__(lib.name))dlsym(library, "curl_" #name)) != NULL)
    return BIND(easy_setopt) && BIND(easy_getinfo) && BIND(multi_setopt) && BIND(multi_info_read)
           && BIND(global_init) && BIND(easy_init) && BIND(easy_cleanup) && BIND(easy_strerror)
           && BIND(easy_reset) && BIND(easy_pause) && BIND(easy_nextheader) && BIND(multi_init) && BIND(multi_cleanup) && BIND(multi_add_handle)
           && BIND(multi_remove_handle) && BIND(multi_socket_action)
           && BIND(multi_strerror) && BIND(slist_append) && BIND(slist_free_all);
#undef BIND
}

CURLcode ccurl_global_init(long flags) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL || !bind_all(library)) {
        return CURLE_FAILED_INIT;
    }
    return lib.global_init(flags);
}

CURL *ccurl_easy_init(void) { return lib.easy_init(); }

void ccurl_easy_cleanup(CURL *easy) { lib.easy_cleanup(easy); }

void ccurl_easy_reset(CURL *easy) { lib.easy_reset(easy); }

CURLcode ccurl_easy_continue(CURL *easy) { return lib.easy_pause(easy, CURLPAUSE_CONT); }

const char *ccurl_easy_strerror(CURLcode code) { return lib.easy_strerror(code); }

struct curl_header *ccurl_easy_nextheader(CURL *easy, unsigned int origin, int request, struct curl_header *previous) {
    return lib.easy_nextheader(easy, origin, request, previous);
}

CURLM *ccurl_multi_init(void) { return lib.multi_init(); }

CURLMcode ccurl_multi_cleanup(CURLM *multi) { return lib.multi_cleanup(multi); }

CURLMcode ccurl_multi_add_handle(CURLM *multi, CURL *easy) { return lib.multi_add_handle(multi, easy); }

CURLMcode ccurl_multi_remove_handle(CURLM *multi, CURL *easy) { return lib.multi_remove_handle(multi, easy); }

CURLMcode ccurl_multi_act(CURLM *multi, curl_socket_t socket, int what) {
    int running = 0;
    return lib.multi_socket_action(multi, socket, what, &running);
}

CURLMcode ccurl_multi_act_on_time(CURLM *multi) {
    int running = 0;
    return lib.multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

const char *ccurl_multi_strerror(CURLMcode code) { return lib.multi_strerror(code); }

struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *text) { return lib.slist_append(list, text); }

void ccurl_slist_free_all(struct curl_slist *list) { lib.slist_free_all(list); }

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
    return lib.easy_setopt(easy, option, value);
}

CURLcode ccurl_set_size(CURL *easy, CURLoption option, int64_t value) {
    return lib.easy_setopt(easy, option, (curl_off_t)value);
}

CURLcode ccurl_set_text(CURL *easy, CURLoption option, const char *value) {
    return lib.easy_setopt(easy, option, value);
}

CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return lib.easy_setopt(easy, option, value);
}

CURLcode ccurl_set_body(CURL *easy, const void *bytes, size_t count) {
    // The size comes first: without it the bytes are measured with strlen.
    CURLcode code = lib.easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    if (code != CURLE_OK) {
        return code;
    }
    // A null pointer would mean "read the body from a callback"; an empty body needs an address too.
    return lib.easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, count == 0 ? "" : (const char *)bytes);
}

CURLcode ccurl_set_receivers(CURL *easy, ccurl_receiver body, ccurl_receiver header_line, void *context) {
    CURLcode code = lib.easy_setopt(easy, CURLOPT_WRITEFUNCTION, body);
    if (code == CURLE_OK) {
        code = lib.easy_setopt(easy, CURLOPT_WRITEDATA, context);
    }
    if (code == CURLE_OK) {
        code = lib.easy_setopt(easy, CURLOPT_HEADERFUNCTION, header_line);
    }
    if (code == CURLE_OK) {
        code = lib.easy_setopt(easy, CURLOPT_HEADERDATA, context);
    }
    return code;
}

CURLcode ccurl_set_sender(CURL *easy, ccurl_sender sender, void *context) {
    CURLcode code = lib.easy_setopt(easy, CURLOPT_READFUNCTION, sender);
    return code == CURLE_OK ? lib.easy_setopt(easy, CURLOPT_READDATA, context) : code;
}

CURLMcode ccurl_multi_set_watchers(CURLM *multi, ccurl_watcher watcher, ccurl_timer timer, void *context) {
    CURLMcode code = lib.multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watcher);
    if (code == CURLM_OK) {
        code = lib.multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    }
    if (code == CURLM_OK) {
        code = lib.multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
    }
    if (code == CURLM_OK) {
        code = lib.multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    }
    return code;
}

CURLcode ccurl_set_error_buffer(CURL *easy, char *buffer) {
    return lib.easy_setopt(easy, CURLOPT_ERRORBUFFER, buffer);
}

CURLcode ccurl_get_long(CURL *easy, CURLINFO info, long *value) {
    return lib.easy_getinfo(easy, info, value);
}

CURLcode ccurl_get_size(CURL *easy, CURLINFO info, int64_t *value) {
    curl_off_t held = 0;
    CURLcode code = lib.easy_getinfo(easy, info, &held);
    *value = (int64_t)held;
    return code;
}

CURLcode ccurl_get_text(CURL *easy, CURLINFO info, const char **value) {
    char *held = NULL;
    CURLcode code = lib.easy_getinfo(easy, info, &held);
    *value = held;
    return code;
}

CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return lib.multi_setopt(multi, option, value);
}

bool ccurl_next_finished(CURLM *multi, CURL **easy, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = lib.multi_info_read(multi, &left)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            *easy = message->easy_handle;
            *result = message->data.result;
            return true;
        }
    }
    return false;
}
