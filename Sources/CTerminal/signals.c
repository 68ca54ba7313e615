#include "internal.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

static const int caught[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT};
enum { caught_count = sizeof caught / sizeof *caught };
static struct sigaction before[caught_count];
static bool installed, may_stop = true;
static atomic_int target = -1;

static void tell(int signal) {
    int kept = errno;
    unsigned char byte = (unsigned char)signal;
    int pipe = atomic_load(&target);
    // A full pipe already wakes the reader; there is nobody to tell.
    if (pipe >= 0 && write(pipe, &byte, 1) < 0) errno = kept;
    errno = kept;
}

static void set(int signal, void (*handler)(int), int flags, struct sigaction *old) {
    struct sigaction action = {.sa_flags = flags};
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, old);
}

void ct_signals_catch(int pipe) {
    atomic_store(&target, pipe);
    if (installed) return;
    installed = true;
    for (int i = 0; i < caught_count; i++) {
        set(caught[i], tell, SA_RESTART, &before[i]);
        // Who started us with a signal ignored (nohup; a program that is no shell) has a reason.
        if (before[i].sa_handler == SIG_IGN) sigaction(caught[i], &before[i], NULL);
        if (caught[i] == SIGTSTP) may_stop = before[i].sa_handler != SIG_IGN;
    }
}

void ct_signals_release(void) {
    if (installed)
        for (int i = 0; i < caught_count; i++) sigaction(caught[i], &before[i], NULL);
    installed = false;
    atomic_store(&target, -1);
}

void ct_signals_yield(bool yield) {
    static struct sigaction quit;
    set(SIGINT, yield ? SIG_IGN : tell, SA_RESTART, NULL);
    if (may_stop) set(SIGTSTP, yield ? SIG_DFL : tell, SA_RESTART, NULL);
    if (yield) set(SIGQUIT, SIG_IGN, 0, &quit);
    else sigaction(SIGQUIT, &quit, NULL);
}

bool ct_stop(void) {
    if (!may_stop) return false;
    struct sigaction kept, continued;
    sigset_t stop, mask;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    set(SIGTSTP, SIG_DFL, 0, &kept);
    // The one that ends this stop is not told: what it means is known when this returns, and a handler may run so late
    // that it would be taken for the next.
    set(SIGCONT, SIG_DFL, 0, &continued);
    pthread_sigmask(SIG_UNBLOCK, &stop, &mask);
    raise(SIGTSTP);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    sigaction(SIGCONT, &continued, NULL);
    sigaction(SIGTSTP, &kept, NULL);
    return true;
}

void ct_die(int signal) {
    sigset_t set_of_one;
    set(signal, SIG_DFL, 0, NULL);
    sigemptyset(&set_of_one);
    sigaddset(&set_of_one, signal);
    pthread_sigmask(SIG_UNBLOCK, &set_of_one, NULL);
    raise(signal);
    _exit(128 + signal);
}
