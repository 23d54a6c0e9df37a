/*
 * A layer between a program and its files that fails as disks and machines do. It is loaded with LD_PRELOAD; what it does stands
 * in a file that the tests write while the program runs (layer.ts), mapped here.
 *
 * FAULTS_CONTROL  path of that file
 * FAULTS_FOLDER   only files below it are concerned
 * FAULTS_RECORD   path of a file to which all that is done to them is written; none when left out
 *
 * disk.h knows what a disk would have if the power went now, record.h writes down what is done.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "disk.h"

/* Kinds of calls, as bits. The same numbers stand in layer.ts. */
enum { WRITES = 1, SYNCS = 2, TRUNCATIONS = 4, OPENINGS = 8 };
enum { NOTHING, FULL, BROKEN, SLOW, TORN, CRASH_BEFORE, CRASH_AFTER, POWER_CUT };

struct control {
  int32_t action;
  int32_t kinds;
  int32_t every;        /* each n-th call of the kinds */
  int32_t milliseconds; /* of a slow one */
  int64_t clock;        /* seconds by which the clock is wrong */
  int64_t seen;         /* calls of the kinds, written here */
  int64_t done;         /* faults, written here */
};

static struct control idle;
static struct control *control = &idle;
static const char *folder;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_gettimeofday)(struct timeval *, void *);
static time_t (*real_time)(time_t *);

__attribute__((constructor)) static void begin(void) {
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite");
  real_writev = dlsym(RTLD_NEXT, "writev");
  real_pwritev = dlsym(RTLD_NEXT, "pwritev");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
  real_open = dlsym(RTLD_NEXT, "open");
  real_openat = dlsym(RTLD_NEXT, "openat");
  real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
  real_gettimeofday = dlsym(RTLD_NEXT, "gettimeofday");
  real_time = dlsym(RTLD_NEXT, "time");
  folder = getenv("FAULTS_FOLDER");
  const char *path = getenv("FAULTS_CONTROL");
  chance = (uint32_t)getpid() * 2654435761u | 1;
  if (!folder || !path) return;
  int fd = real_open(path, O_RDWR);
  if (fd < 0) return;
  void *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped != MAP_FAILED) control = mapped;
  close(fd);
}

static int is_below(const char *path) {
  return control != &idle && strncmp(path, folder, strlen(folder)) == 0;
}

/* Whether the descriptor is of a file of this type below the folder; puts its path there. */
static int concerns_type(mode_t type, int fd, char *path, struct stat *about) {
  if (control == &idle || fstat(fd, about) != 0 || (about->st_mode & S_IFMT) != type) return 0;
  char name[40];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(name, path, 511);
  if (length <= 0) return 0;
  path[length] = 0;
  return is_below(path);
}
static int concerns(int fd, char *path, struct stat *about) { return concerns_type(S_IFREG, fd, path, about); }

#include "record.h"

static void wait_milliseconds(int milliseconds) {
  struct timespec time = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};
  while (nanosleep(&time, &time) != 0 && errno == EINTR) {
  }
}

/* What is to happen at this call: an action, or nothing. */
static int due(int kind) {
  int action = control->action;
  if (action == NOTHING || !(control->kinds & kind)) return NOTHING;
  int64_t seen = __atomic_add_fetch(&control->seen, 1, __ATOMIC_SEQ_CST);
  if (control->every > 1 && seen % control->every != 0) return NOTHING;
  __atomic_add_fetch(&control->done, 1, __ATOMIC_SEQ_CST);
  return action;
}

/* Carries out what comes before a call. Returns an error for the call to fail with, or 0. */
static int before(int action) {
  if (action == CRASH_BEFORE) crash();
  if (action == POWER_CUT) cut_power();
  if (action == SLOW) wait_milliseconds(control->milliseconds);
  return action == FULL ? ENOSPC : action == BROKEN ? EIO : 0;
}

static ssize_t written(int fd, const struct iovec *parts, int count, off_t at, int placed) {
  char path[512];
  struct stat about;
  if (!concerns(fd, path, &about))
    return placed ? real_pwritev(fd, parts, count, at) : real_writev(fd, parts, count);
  size_t size = 0;
  for (int part = 0; part < count; part++) size += parts[part].iov_len;
  pthread_mutex_lock(&lock);
  int flags = fcntl(fd, F_GETFL);
  off_t from = placed ? at : flags & O_APPEND ? about.st_size : lseek(fd, 0, SEEK_CUR);
  int action = due(WRITES);
  int failure = before(action);
  ssize_t done = -1;
  if (failure == 0) {
    remember(&about, path, fd, from, size);
    if (action == TORN && count > 0) {
      size_t half = parts[0].iov_len / 2;
      placed ? real_pwrite(fd, parts[0].iov_base, half, at) : real_write(fd, parts[0].iov_base, half);
      crash();
    }
    int64_t began = monotonic();
    done = placed ? real_pwritev(fd, parts, count, at) : real_writev(fd, parts, count);
    failure = errno;
    if (done > 0) record(WRITTEN, began, path, from, parts, count, (size_t)done);
    if (action == CRASH_AFTER) crash();
  }
  pthread_mutex_unlock(&lock);
  errno = failure;
  return done;
}

ssize_t write(int fd, const void *bytes, size_t size) {
  struct iovec part = {(void *)bytes, size};
  return written(fd, &part, 1, 0, 0);
}
ssize_t writev(int fd, const struct iovec *parts, int count) { return written(fd, parts, count, 0, 0); }
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  struct iovec part = {(void *)bytes, size};
  return written(fd, &part, 1, at, 1);
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return written(fd, parts, count, at, 1); }
ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t at) { return pwrite(fd, bytes, size, at); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t at) { return pwritev(fd, parts, count, at); }

static int sync_with(int (*real)(int), int fd) {
  char path[512];
  struct stat about;
  if (recorder >= 0 && concerns_type(S_IFDIR, fd, path, &about)) {
    pthread_mutex_lock(&lock);
    int64_t began = monotonic();
    int result = real(fd);
    if (result == 0) record(FOLDER_SYNCED, began, path, 0, NULL, 0, 0);
    pthread_mutex_unlock(&lock);
    return result;
  }
  if (!concerns(fd, path, &about)) return real(fd);
  pthread_mutex_lock(&lock);
  int action = due(SYNCS);
  int failure = before(action);
  int64_t began = monotonic();
  int result = failure == 0 ? real(fd) : -1;
  if (failure == 0) failure = errno;
  if (result == 0) record(SYNCED, began, path, 0, NULL, 0, 0);
  synced(&about, result == 0);
  if (action == CRASH_AFTER) crash();
  pthread_mutex_unlock(&lock);
  errno = failure;
  return result;
}

int fsync(int fd) { return sync_with(real_fsync, fd); }
int fdatasync(int fd) { return sync_with(real_fdatasync, fd); }

int ftruncate(int fd, off_t size) {
  char path[512];
  struct stat about;
  if (!concerns(fd, path, &about)) return real_ftruncate(fd, size);
  pthread_mutex_lock(&lock);
  int action = due(TRUNCATIONS);
  int failure = before(action);
  int64_t began = monotonic();
  int result = failure == 0 ? real_ftruncate(fd, size) : -1;
  if (result == 0) record(TRUNCATED, began, path, size, NULL, 0, 0);
  if (action == CRASH_AFTER) crash();
  pthread_mutex_unlock(&lock);
  if (failure != 0) errno = failure;
  return result;
}
int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }

static int opened(int in, const char *path, int flags, mode_t mode) {
  int mine = is_below(path);
  int action = mine ? due(OPENINGS) : NOTHING;
  int failure = before(action);
  if (failure != 0) {
    errno = failure;
    return -1;
  }
  if (!real_openat) return -1;
  if (mine && recorder >= 0 && flags & (O_CREAT | O_TRUNC)) return recorded_opening(in, path, flags, mode);
  int fd = real_openat(in, path, flags, mode);
  if (action == CRASH_AFTER) crash();
  return fd;
}
static mode_t mode_of(int flags, va_list more) {
  return flags & (O_CREAT | O_TMPFILE) ? (mode_t)va_arg(more, int) : 0;
}
#define OPEN(name, arguments, last, in)    \
  int name arguments {                     \
    va_list more;                          \
    va_start(more, last);                  \
    mode_t mode = mode_of(flags, more);    \
    va_end(more);                          \
    return opened(in, path, flags, mode);  \
  }
OPEN(open, (const char *path, int flags, ...), flags, AT_FDCWD)
OPEN(open64, (const char *path, int flags, ...), flags, AT_FDCWD)
OPEN(openat, (int in, const char *path, int flags, ...), flags, in)
OPEN(openat64, (int in, const char *path, int flags, ...), flags, in)

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = real_clock_gettime(clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += control->clock;
  return result;
}
int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  int result = real_gettimeofday(time, zone);
  if (result == 0) time->tv_sec += control->clock;
  return result;
}
time_t time(time_t *into) {
  time_t now = real_time(NULL) + control->clock;
  if (into) *into = now;
  return now;
}
