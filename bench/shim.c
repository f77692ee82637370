// Stands between PostgreSQL and the system (LD_PRELOAD): each flush takes 1 ms more, as on a disk of that kind.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static void wait_a_millisecond(void) {
  struct timespec ms = {0, 1000000};
  nanosleep(&ms, 0);
}

int fsync(int fd) {
  wait_a_millisecond();
  return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}

int fdatasync(int fd) {
  wait_a_millisecond();
  return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
