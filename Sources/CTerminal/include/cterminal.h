/// What Signalbox needs of ncurses, and of C where Swift cannot reach: no ncurses type, macro or global shows here.
///
/// ncurses works on a memory file, not on the terminal: what it has to say is taken from there with
/// `ct_take_output` and written by the caller, who therefore never blocks on a slow terminal. It reads no keys either.
/// Its library keeps global state and frees it in `resize_term`, so that every function that takes a `ct_screen`, and
/// the terminfo functions, must be called on one and the same thread (CPython issue 154139: refresh in one thread and
/// resize in another is a use after free).
#ifndef CTERMINAL_H
#define CTERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ct_screen ct_screen;

enum {
    CT_BOLD = 1,
    CT_DIM = 2,
    CT_ITALIC = 4,
    CT_UNDERLINE = 8,
    CT_REVERSE = 16,
};

/// One character: a spacing scalar, up to four combining ones, 0 after the last.
typedef struct {
    uint32_t scalars[5];
    uint16_t attributes;
    /// Columns, 1 or 2. A character whose width the C library counts otherwise is drawn as U+FFFD.
    uint16_t width;
    int32_t pair;
} ct_cell;

/// What terminfo says of a terminal.
typedef struct {
    /// 0 for none.
    int32_t colors;
    int32_t pairs;
    /// Colour numbers are 0xRRGGBB.
    bool rgb;
    /// The cursor can be put anywhere: without that there is no full screen.
    bool addressable;
} ct_facts;

// MARK: terminfo

/// Whether a terminal of this name is described on this machine; fills `facts`.
bool ct_describe(const char *terminal, ct_facts *facts);

// MARK: the screen

/// Opens a screen of this terminal and size; NULL when the terminal is unknown or there is no memory. Characters are
/// UTF-8 whatever the locale says; false in `utf8` when this machine has no UTF-8 locale at all: then only ASCII can be
/// drawn.
/// Removes LINES and COLUMNS from the environment.
ct_screen *ct_open(const char *terminal, int rows, int columns, bool *utf8);
/// Ends the screen. Take the output before it (`ct_leave`), because the memory file goes too.
void ct_close(ct_screen *screen);

/// Text of a capability of the open screen's terminal, NULL when it has none. Valid until the screen is closed.
const char *ct_text(ct_screen *screen, const char *capability);

/// Whether terminfo has this flag for the open screen's terminal.
bool ct_flag(ct_screen *screen, const char *capability);

/// Puts the terminal's own screen back: the output leaves the alternate screen.
void ct_leave(ct_screen *screen);
/// The next `ct_flush` enters the alternate screen again, where needed, and draws everything.
void ct_redraw(ct_screen *screen);
bool ct_resize(ct_screen *screen, int rows, int columns);

/// Gives pair number `pair` (from 1) two colours, -1 for the terminal's own. False where colours or numbers end.
bool ct_pair(ct_screen *screen, int pair, int foreground, int background);
/// Forgets all pairs; every cell must be put again.
void ct_forget_pairs(ct_screen *screen);

/// Draws a row from its first column. Cells beyond the last column are left out.
void ct_put_row(ct_screen *screen, int row, const ct_cell *cells, size_t count);
/// Where the cursor stands after `ct_flush`.
void ct_cursor(ct_screen *screen, int row, int column, bool visible);
/// Makes the bytes that turn what the terminal shows into what was put.
void ct_flush(ct_screen *screen);

/// Bytes of output that wait.
size_t ct_output_size(ct_screen *screen);
/// Moves all output into `bytes`, which has room for `ct_output_size`; how many there were.
size_t ct_take_output(ct_screen *screen, void *bytes, size_t room);

/// Columns of a scalar as the C library counts them in the screen's locale; -1 for what cannot be shown.
int ct_width(uint32_t scalar);

// MARK: signals

/// From now on the signals that a terminal program lives with (window size, stop and continue, the requests to end)
/// write their number into `pipe` as one byte. Keeps what was set before; what was ignored stays ignored.
void ct_signals_catch(int pipe);
/// Sets what was set before.
void ct_signals_release(void);
/// Ignores what the keyboard sends to the whole foreground group while another program has the terminal (as system(3)
/// does), and stops with it on Ctrl-Z.
void ct_signals_yield(bool yield);
/// Stops this process as Ctrl-Z does and returns when it is continued. Thread-directed: a signal to the process returns
/// before it is stopped, and the terminal is drawn over the shell's prompt. The signal that continues it is not told. False
/// where nobody could continue it: whoever started it ignores the signal.
bool ct_stop(void);
/// Ends this process by a signal's default action.
void ct_die(int signal);

// MARK: rescue

/// From now on a crash, and an exit without `ct_rescue_disarm`, puts the terminal back: writes `text` to it, restores its
/// modes as they are now, gives `saved_output` and `saved_errors` back their numbers 1 and 2, prints the end of what was
/// caught in `caught`, and lets the handler that was set before (Swift's backtrace) go on.
/// False when there is no memory or `terminal` is no terminal.
bool ct_rescue_arm(int terminal, const char *text, size_t count, int saved_output, int saved_errors, int caught);
void ct_rescue_disarm(void);
/// Whether a crash has put the terminal back: nothing may be written to it any more.
bool ct_rescued(void);

// MARK: descriptors

/// A file in memory, closed on exec, which is always written at its end; -1 and errno on failure.
int ct_memory_file(const char *name);
/// A counter that wakes poll(2), closed on exec and non-blocking; -1 and errno on failure.
int ct_wake_descriptor(void);
/// Makes the calling thread the one that touches the terminal: names it (at most 15 bytes), and lets it be stopped when it
/// does so from the background. Threads that libdispatch starts, and theirs, have all signals blocked; then the kernel
/// lets a background program set the modes under the shell's hands, and gives it an error for reading.
void ct_begin_thread(const char *name);

#endif
