#ifndef CTERMINAL_INTERNAL_H
#define CTERMINAL_INTERNAL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#define NCURSES_WIDECHAR 1

#include "cterminal.h"

#endif
