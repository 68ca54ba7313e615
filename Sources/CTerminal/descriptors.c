#include "internal.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

int ct_memory_file(const char *name) {
    int file = memfd_create(name, MFD_CLOEXEC);
    if (file >= 0 && fcntl(file, F_SETFL, O_APPEND) < 0) {
        close(file);
        return -1;
    }
    return file;
}

int ct_wake_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void ct_begin_thread(const char *name) {
    pthread_setname_np(pthread_self(), name);
    sigset_t background;
    sigemptyset(&background);
    sigaddset(&background, SIGTTOU);
    sigaddset(&background, SIGTTIN);
    pthread_sigmask(SIG_UNBLOCK, &background, NULL);
}
