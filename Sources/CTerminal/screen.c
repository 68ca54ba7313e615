#include "internal.h"

#include <locale.h>
#include <ncurses.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

// term.h defines every capability as a macro, among them this word.
#undef columns

struct ct_screen {
    SCREEN *curses;
    FILE *output;
    FILE *input;
    int file;
    int columns;
    cchar_t *row;
    /// The terminal shows its own screen.
    bool outside;
    /// What sets the terminal's palette back, NULL when it has no such thing.
    const char *palette_reset;
};

// The thread's own locale: the process's stays as it is, and no other thread sees this one.
static bool use_utf8(void) {
    static _Thread_local int known = -1;
    if (known < 0) {
        static const char *const names[] = {"C.UTF-8", "C.utf8", "en_US.UTF-8"};
        locale_t found = (locale_t)0;
        for (size_t i = 0; i < sizeof names / sizeof *names && !found; i++)
            found = newlocale(LC_CTYPE_MASK, names[i], (locale_t)0);
        known = found && uselocale(found);
    }
    return known;
}

static void facts_of_current(ct_facts *facts) {
    int colors = tigetnum("colors"), pairs = tigetnum("pairs");
    const char *rgb = tigetstr("RGB"), *move = tigetstr("cup"), *erase = tigetstr("clear");
    facts->colors = colors > 0 ? colors : 0;
    facts->pairs = pairs > 0 ? pairs : 0;
    // A flag in most entries, a number or text (bits of each component) in some: terminfo(5), user_caps(5).
    facts->rgb = tigetflag("RGB") > 0 || tigetnum("RGB") > 0 || (rgb && rgb != (char *)-1);
    facts->addressable = move && move != (char *)-1 && erase && erase != (char *)-1;
}

bool ct_describe(const char *terminal, ct_facts *facts) {
    int code = 0;
    TERMINAL *before = cur_term;
    memset(facts, 0, sizeof *facts);
    // A name with a slash would be a path into the file system.
    if (!*terminal || strchr(terminal, '/')) return false;
    set_curterm(NULL);
    bool known = setupterm(terminal, STDERR_FILENO, &code) == OK;
    TERMINAL *described = cur_term;
    // Generic and hardcopy entries are found, yet setupterm refuses them; what was found is still freed.
    if (known) facts_of_current(facts);
    set_curterm(before);
    if (described && described != before) del_curterm(described);
    return known;
}

ct_screen *ct_open(const char *terminal, int rows, int columns, bool *utf8) {
    *utf8 = use_utf8();
    ct_screen *screen = calloc(1, sizeof *screen);
    if (!screen) return NULL;
    screen->file = ct_memory_file("terminal");
    int copy = screen->file < 0 ? -1 : dup(screen->file);
    screen->output = copy < 0 ? NULL : fdopen(copy, "w");
    screen->input = fopen("/dev/null", "re");
    screen->row = calloc((size_t)columns + 1, sizeof *screen->row);
    screen->columns = columns;
    if (!screen->output || !screen->input || !screen->row) {
        ct_close(screen);
        return NULL;
    }
    // They freeze the size: also when the screen comes back after a suspension, whatever use_env says by then. The
    // programs that we start are better off without them too.
    unsetenv("LINES");
    unsetenv("COLUMNS");
    screen->curses = newterm(terminal, screen->output, screen->input);
    if (!screen->curses) {
        ct_close(screen);
        return NULL;
    }
    set_term(screen->curses);
    // Without a terminal to ask, newterm has begun with terminfo's rows or with 24, and set a scroll region
    // for them: what it said is thrown away, and the first flush begins again at the true size.
    endwin();
    screen->outside = true;
    resize_term(rows, columns);
    screen->palette_reset = ct_text(screen, "oc");
    fflush(screen->output);
    if (ftruncate(screen->file, 0) != 0) {
        ct_close(screen);
        return NULL;
    }
    // Otherwise a frame is left half drawn when a key waits.
    typeahead(-1);
    nonl();
    noecho();
    scrollok(stdscr, FALSE);
    idlok(stdscr, TRUE);
    if (has_colors()) {
        // start_color and pairs crash in 6.4 where there are none.
        start_color();
        use_default_colors();
    }
    return screen;
}

void ct_close(ct_screen *screen) {
    if (!screen) return;
    if (screen->curses) {
        set_term(screen->curses);
        if (!isendwin()) endwin();
        delscreen(screen->curses);
    }
    if (screen->output) fclose(screen->output);
    if (screen->input) fclose(screen->input);
    if (screen->file >= 0) close(screen->file);
    free(screen->row);
    free(screen);
}

const char *ct_text(ct_screen *screen, const char *capability) {
    set_term(screen->curses);
    const char *text = tigetstr(capability);
    return text == (char *)-1 ? NULL : text;
}

bool ct_flag(ct_screen *screen, const char *capability) {
    set_term(screen->curses);
    return tigetflag(capability) > 0;
}

void ct_leave(ct_screen *screen) {
    set_term(screen->curses);
    if (!isendwin()) endwin();
    screen->outside = true;
}

void ct_redraw(ct_screen *screen) {
    set_term(screen->curses);
    clearok(curscr, TRUE);
}

bool ct_resize(ct_screen *screen, int rows, int columns) {
    cchar_t *row = calloc((size_t)columns + 1, sizeof *row);
    if (!row) return false;
    free(screen->row);
    screen->row = row;
    screen->columns = columns;
    set_term(screen->curses);
    if (resize_term(rows, columns) != OK) return false;
    // A terminal reflows or cuts by rules of its own: nothing that was on it can be relied upon.
    clearok(curscr, TRUE);
    return true;
}

bool ct_pair(ct_screen *screen, int pair, int foreground, int background) {
    set_term(screen->curses);
    if (!has_colors() || pair < 1 || pair >= COLOR_PAIRS || foreground >= COLORS || background >= COLORS) return false;
    return init_extended_pair(pair, foreground, background) == OK;
}

void ct_forget_pairs(ct_screen *screen) {
    set_term(screen->curses);
    if (has_colors()) reset_color_pairs();
}

int ct_width(uint32_t scalar) {
    use_utf8();
    return wcwidth((wchar_t)scalar);
}

// Marks that change direction, join or select a form: they have no column and may not reach a terminal.
static bool is_format(uint32_t scalar) {
    return (scalar >= 0x200B && scalar <= 0x200F) || (scalar >= 0x2028 && scalar <= 0x202E) ||
           (scalar >= 0x2060 && scalar <= 0x206F) || (scalar >= 0xFE00 && scalar <= 0xFE0F) || scalar == 0xFEFF ||
           scalar == 0xAD || scalar == 0x61C || scalar == 0x180E || (scalar >= 0xE0000 && scalar <= 0xE0FFF);
}

static attr_t attributes_of(uint16_t bits) {
    attr_t attributes = WA_NORMAL;
    if (bits & CT_BOLD) attributes |= WA_BOLD;
    if (bits & CT_DIM) attributes |= WA_DIM;
    if (bits & CT_ITALIC) attributes |= WA_ITALIC;
    if (bits & CT_UNDERLINE) attributes |= WA_UNDERLINE;
    if (bits & CT_REVERSE) attributes |= WA_REVERSE;
    return attributes;
}

/// Columns that the cell takes, after anything that is not one clean character became U+FFFD or `?`.
static int make(cchar_t *out, const ct_cell *cell) {
    wchar_t text[CCHARW_MAX + 1];
    int length = 0, width = cell->width == 2 ? 2 : 1;
    uint32_t first = cell->scalars[0];
    if (first == 0 && width == 1) first = ' ';
    if (first > 0x10FFFF || wcwidth((wchar_t)first) != width || is_format(first)) {
        text[length++] = wcwidth(0xFFFD) == 1 ? 0xFFFD : L'?';
        width = cell->width == 2 ? -2 : 1;
    } else {
        text[length++] = (wchar_t)first;
        for (int i = 1; i < 5 && cell->scalars[i] && length < CCHARW_MAX; i++) {
            uint32_t mark = cell->scalars[i];
            if (mark <= 0x10FFFF && wcwidth((wchar_t)mark) == 0 && !is_format(mark)) text[length++] = (wchar_t)mark;
        }
    }
    text[length] = 0;
    int pair = cell->pair;
    // The pair as an int behind the options pointer: in the short beside it numbers above 255 are lost.
    if (setcchar(out, text, attributes_of(cell->attributes), 0, pair > 0 ? &pair : NULL) != OK) {
        static const wchar_t blank[] = {L'?', 0};
        setcchar(out, blank, attributes_of(cell->attributes), 0, pair > 0 ? &pair : NULL);
        return width < 0 || width == 2 ? -2 : 1;
    }
    return width;
}

void ct_put_row(ct_screen *screen, int row, const ct_cell *cells, size_t count) {
    set_term(screen->curses);
    int column = 0, length = 0;
    for (size_t i = 0; i < count && column < screen->columns; i++) {
        int width = make(&screen->row[length], &cells[i]);
        bool halved = width == 2 && column + 2 > screen->columns;
        if (halved || width == -2) {
            // One column for what stands in, and a blank for the other, so that the columns after it stay where they are.
            ct_cell blank = cells[i];
            memset(blank.scalars, 0, sizeof blank.scalars);
            blank.scalars[0] = ' ';
            blank.width = 1;
            if (halved) make(&screen->row[length], &blank);
            if (!halved && column + 1 < screen->columns) make(&screen->row[++length], &blank), column++;
            width = 1;
        }
        column += width;
        length++;
    }
    if (length > 0) mvwadd_wchnstr(stdscr, row, 0, screen->row, length);
}

void ct_cursor(ct_screen *screen, int row, int column, bool visible) {
    set_term(screen->curses);
    curs_set(visible ? 1 : 0);
    // A cursor that nobody sees need not be taken anywhere.
    leaveok(stdscr, visible ? FALSE : TRUE);
    wmove(stdscr, row, column);
}

void ct_flush(ct_screen *screen) {
    set_term(screen->curses);
    wnoutrefresh(stdscr);
    doupdate();
    // Set again by reset_prog_mode only where output is a terminal.
    if (screen->outside) keypad(stdscr, TRUE);
    screen->outside = false;
    fflush(screen->output);
}

size_t ct_output_size(ct_screen *screen) {
    struct stat facts;
    fflush(screen->output);
    return fstat(screen->file, &facts) == 0 && facts.st_size > 0 ? (size_t)facts.st_size : 0;
}

size_t ct_take_output(ct_screen *screen, void *bytes, size_t room) {
    ssize_t count = pread(screen->file, bytes, room, 0);
    // The descriptor appends, so that the next byte goes to the new end.
    if (ftruncate(screen->file, 0) != 0 || count <= 0) return 0;
    size_t left = (size_t)count;
    const char *reset = screen->palette_reset;
    size_t length = reset ? strlen(reset) : 0;
    // ncurses sends it when it returns from a suspension, and a palette that the user has set would be gone.
    for (char *found; length > 0 && (found = memmem(bytes, left, reset, length));) {
        memmove(found, found + length, left - (size_t)(found - (char *)bytes) - length);
        left -= length;
    }
    return left;
}
