#include "CEnvoyModule.h"

static _Thread_local void *thread_memory;

void *signalbox_thread_memory(void) { return thread_memory; }

void signalbox_set_thread_memory(void *memory) { thread_memory = memory; }
