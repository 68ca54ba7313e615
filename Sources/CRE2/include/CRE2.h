/// RE2 behind a C surface: linear-time regular expressions over bytes.
///
/// Patterns and texts are byte strings (RE2's Latin-1 mode: one byte is one character), matching is leftmost-first,
/// nothing is ever logged, and no C++ exception leaves these functions. A compiled pattern may be used by several
/// threads at once; creating and deleting may not race with its use.
#ifndef CRE2_H
#define CRE2_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled pattern.
typedef struct cre2_regex cre2_regex;

/// Where a group matched, in bytes from the start of the text; start is -1 when the group took no part in the match.
typedef struct {
    int64_t start;
    int64_t end;
} cre2_span;

/// Memory that one compiled pattern may use, in bytes: program and DFA cache together.
#define CRE2_MAX_MEMORY (8 << 20)

/// Most groups (the whole match included) that cre2_search reports.
#define CRE2_MAX_GROUPS 16

/// Compiles a pattern. Returns null when the pattern is invalid, too large or memory is short; then `error` (if its
/// capacity is above 0) holds a zero-terminated explanation, cut to the capacity.
cre2_regex *_Nullable cre2_new(const uint8_t *_Nullable pattern, size_t length, char *_Nullable error,
                               size_t error_capacity);

/// Frees a compiled pattern; null is allowed.
void cre2_delete(cre2_regex *_Nullable regex);

/// Number of capturing groups of the pattern, without the whole match.
int32_t cre2_group_count(const cre2_regex *_Nonnull regex);

/// 1 when the pattern matches anywhere in the text, 0 when not (also when RE2 ran out of memory).
int32_t cre2_matches(const cre2_regex *_Nonnull regex, const uint8_t *_Nullable text, size_t length);

/// Finds the leftmost match; fills `groups[0]` with the whole match and the others with the capturing groups.
/// Returns 1 for a match, 0 for none.
int32_t cre2_search(const cre2_regex *_Nonnull regex, const uint8_t *_Nullable text, size_t length,
                    cre2_span *_Nonnull groups, int32_t group_count);

/// Where a byte string first occurs in another one, or null; linear time. Glibc's memmem, which Swift does not import.
const uint8_t *_Nullable cre2_find(const uint8_t *_Nonnull text, size_t length, const uint8_t *_Nonnull part,
                                   size_t part_length);

#ifdef __cplusplus
}
#endif

#endif
