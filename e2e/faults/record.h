/*
 * What a program does to its files, one call after another, written to a file that disk.ts reads: what the disk could hold at any
 * moment follows from it. The same numbers and the same layout stand in recording.ts.
 */
enum { CREATED = 1, WRITTEN, TRUNCATED, SYNCED, FOLDER_SYNCED, RENAMED, LINKED, REMOVED };

/* In front of the path, and of `data` bytes more: what was written, or the other name. */
struct note {
  int32_t kind;
  int32_t path;
  int64_t at; /* CLOCK_MONOTONIC when the call began, in nanoseconds */
  int64_t offset;
  int64_t data;
};

static int recorder = -1;
static int (*real_rename)(const char *, const char *);
static int (*real_link)(const char *, const char *);
static int (*real_unlink)(const char *);
static int (*real_unlinkat)(int, const char *, int);
static int (*real_remove)(const char *);

__attribute__((constructor)) static void begin_recording(void) {
  real_rename = dlsym(RTLD_NEXT, "rename");
  real_link = dlsym(RTLD_NEXT, "link");
  real_unlink = dlsym(RTLD_NEXT, "unlink");
  real_unlinkat = dlsym(RTLD_NEXT, "unlinkat");
  real_remove = dlsym(RTLD_NEXT, "remove");
  const char *path = getenv("FAULTS_RECORD");
  if (path) recorder = real_open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static int64_t monotonic(void) {
  struct timespec time;
  real_clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void record(int kind, int64_t at, const char *path, int64_t offset, const struct iovec *data, int count, size_t size) {
  if (recorder < 0) return;
  struct note note = {kind, (int32_t)strlen(path), at, offset, (int64_t)size};
  struct iovec parts[16] = {{&note, sizeof note}, {(void *)path, strlen(path)}};
  int used = 2;
  for (int part = 0; part < count && used < 16 && size > 0; part++) {
    size_t taken = data[part].iov_len < size ? data[part].iov_len : size;
    parts[used++] = (struct iovec){data[part].iov_base, taken};
    size -= taken;
  }
  /* Half a recording would say something else than what was done. */
  if (size > 0 || real_writev(recorder, parts, used) < 0) crash();
}

static void record_name(int kind, int64_t at, const char *path, const char *other) {
  struct iovec data = {(void *)other, strlen(other)};
  record(kind, at, path, 0, &data, 1, strlen(other));
}

static int recorded_opening(int in, const char *path, int flags, mode_t mode) {
  pthread_mutex_lock(&lock);
  struct stat about;
  int64_t began = monotonic();
  int was = stat(path, &about) == 0;
  int fd = real_openat(in, path, flags, mode);
  int failure = errno;
  if (fd >= 0 && !was) record(CREATED, began, path, 0, NULL, 0, 0);
  else if (fd >= 0 && flags & O_TRUNC) record(TRUNCATED, began, path, 0, NULL, 0, 0);
  pthread_mutex_unlock(&lock);
  errno = failure;
  return fd;
}

/* A call that changes names below the folder. */
#define NAMES(kind, path, other, call)                                  \
  if (recorder < 0 || !is_below(path)) return call;                     \
  pthread_mutex_lock(&lock);                                            \
  int64_t began = monotonic();                                          \
  int result = call;                                                    \
  int failure = errno;                                                  \
  if (result == 0) record_name(kind, began, path, other);               \
  pthread_mutex_unlock(&lock);                                          \
  errno = failure;                                                      \
  return result;

int rename(const char *from, const char *to) { NAMES(RENAMED, from, to, real_rename(from, to)) }
int link(const char *from, const char *to) { NAMES(LINKED, from, to, real_link(from, to)) }
int unlink(const char *path) { NAMES(REMOVED, path, "", real_unlink(path)) }
int unlinkat(int in, const char *path, int flags) { NAMES(REMOVED, path, "", real_unlinkat(in, path, flags)) }
int remove(const char *path) { NAMES(REMOVED, path, "", real_remove(path)) }
