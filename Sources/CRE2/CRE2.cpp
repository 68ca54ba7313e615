#include "CRE2.h"

#include <re2/re2.h>

#include <cstring>
#include <new>

struct cre2_regex {
    re2::RE2 compiled;

    cre2_regex(const re2::StringPiece &pattern, const re2::RE2::Options &options) : compiled(pattern, options) {}
};

namespace {

/// Copies an explanation into the caller's buffer, cut to its capacity and always zero-terminated.
void explain(const char *reason, size_t length, char *error, size_t capacity) {
    if (error == nullptr || capacity == 0) {
        return;
    }
    const size_t count = length < capacity - 1 ? length : capacity - 1;
    std::memcpy(error, reason, count);
    error[count] = '\0';
}

/// RE2 tells "no text" from "empty text" by the pointer, so an empty text always gets a real address.
re2::StringPiece piece(const uint8_t *bytes, size_t length) {
    return re2::StringPiece(bytes == nullptr ? "" : reinterpret_cast<const char *>(bytes), bytes == nullptr ? 0 : length);
}

}  // namespace

cre2_regex *cre2_new(const uint8_t *pattern, size_t length, char *error, size_t error_capacity) {
    try {
        re2::RE2::Options options;
        options.set_encoding(re2::RE2::Options::EncodingLatin1);
        options.set_log_errors(false);
        options.set_max_mem(CRE2_MAX_MEMORY);
        options.set_longest_match(false);
        cre2_regex *regex = new (std::nothrow) cre2_regex(piece(pattern, length), options);
        if (regex == nullptr) {
            explain("out of memory", 13, error, error_capacity);
            return nullptr;
        }
        if (!regex->compiled.ok()) {
            const std::string &reason = regex->compiled.error();
            explain(reason.data(), reason.size(), error, error_capacity);
            delete regex;
            return nullptr;
        }
        return regex;
    } catch (...) {
        explain("out of memory", 13, error, error_capacity);
        return nullptr;
    }
}

void cre2_delete(cre2_regex *regex) {
    try {
        delete regex;
    } catch (...) {
        // A destructor of RE2 that throws leaves nothing to mend here.
    }
}

int32_t cre2_group_count(const cre2_regex *regex) {
    try {
        return regex->compiled.NumberOfCapturingGroups();
    } catch (...) {
        return 0;
    }
}

int32_t cre2_matches(const cre2_regex *regex, const uint8_t *text, size_t length) {
    try {
        const re2::StringPiece subject = piece(text, length);
        return regex->compiled.Match(subject, 0, subject.size(), re2::RE2::UNANCHORED, nullptr, 0) ? 1 : 0;
    } catch (...) {
        return 0;
    }
}

int32_t cre2_search(const cre2_regex *regex, const uint8_t *text, size_t length, cre2_span *groups,
                    int32_t group_count) {
    try {
        if (group_count < 1) {
            return cre2_matches(regex, text, length);
        }
        re2::StringPiece found[CRE2_MAX_GROUPS];
        const int count = group_count < CRE2_MAX_GROUPS ? group_count : CRE2_MAX_GROUPS;
        const re2::StringPiece subject = piece(text, length);
        if (!regex->compiled.Match(subject, 0, subject.size(), re2::RE2::UNANCHORED, found, count)) {
            return 0;
        }
        for (int index = 0; index < group_count; ++index) {
            groups[index].start = -1;
            groups[index].end = -1;
            if (index < count && found[index].data() != nullptr) {
                groups[index].start = found[index].data() - subject.data();
                groups[index].end = groups[index].start + static_cast<int64_t>(found[index].size());
            }
        }
        return 1;
    } catch (...) {
        return 0;
    }
}

const uint8_t *cre2_find(const uint8_t *text, size_t length, const uint8_t *part, size_t part_length) {
    return static_cast<const uint8_t *>(memmem(text, length, part, part_length));
}
