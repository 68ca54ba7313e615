#include "internal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static const int fatal[] = {SIGSEGV, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGQUIT};
enum { fatal_count = sizeof fatal / sizeof *fatal, longest_text = 512, longest_replay = 8192 };

static struct sigaction before[fatal_count];
static struct termios modes;
static char text[longest_text];
static size_t text_count;
static int terminal = -1, output = -1, errors = -1, caught = -1;
static atomic_bool armed, rescued;

// Everything below runs in a signal handler: only what signal-safety(7) lists.

static void write_all(int file, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(file, bytes, count);
        if (written > 0) {
            bytes += written;
            count -= (size_t)written;
        } else if (written < 0 && errno == EAGAIN) {
            // A terminal that takes nothing for a second is given up.
            struct pollfd wait = {.fd = file, .events = POLLOUT};
            if (poll(&wait, 1, 1000) <= 0) return;
        } else if (written == 0 || errno != EINTR) {
            return;
        }
    }
}

static void replay(void) {
    static char bytes[longest_replay];
    struct stat facts;
    if (caught < 0 || fstat(caught, &facts) != 0 || facts.st_size <= 0) return;
    off_t start = facts.st_size > longest_replay ? facts.st_size - longest_replay : 0;
    ssize_t count = pread(caught, bytes, sizeof bytes, start);
    if (count > 0) write_all(STDERR_FILENO, bytes, (size_t)count);
}

static void put_back(void) {
    if (!atomic_exchange(&armed, false)) return;
    atomic_store(&rescued, true);
    write_all(terminal, text, text_count);
    tcsetattr(terminal, TCSANOW, &modes);
    if (output >= 0) dup2(output, STDOUT_FILENO);
    if (errors >= 0) dup2(errors, STDERR_FILENO);
    replay();
}

static void crashed(int signal, siginfo_t *info, void *context) {
    (void)context;
    int kept = errno;
    put_back();
    for (int i = 0; i < fatal_count; i++)
        if (fatal[i] == signal) sigaction(signal, &before[i], NULL);
    // A fault happens again when this returns, and the handler before ours sees the true frame. What was sent (abort,
    // kill) would not: it is sent once more and delivered on return.
    if (info->si_code <= 0) raise(signal);
    errno = kept;
}

bool ct_rescue_arm(int descriptor, const char *bytes, size_t count, int saved_output, int saved_errors, int caught_file) {
    static bool leaving;
    ct_rescue_disarm();
    if (count > longest_text || tcgetattr(descriptor, &modes) != 0) return false;
    memcpy(text, bytes, count);
    text_count = count;
    terminal = descriptor;
    output = saved_output;
    errors = saved_errors;
    caught = caught_file;
    atomic_store(&rescued, false);
    atomic_store(&armed, true);
    if (!leaving) leaving = atexit(put_back) == 0;
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
    action.sa_sigaction = crashed;
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < fatal_count; i++) sigaction(fatal[i], &action, &before[i]);
    return true;
}

void ct_rescue_disarm(void) {
    if (!atomic_exchange(&armed, false)) return;
    for (int i = 0; i < fatal_count; i++) sigaction(fatal[i], &before[i], NULL);
}

bool ct_rescued(void) { return atomic_load(&rescued); }
