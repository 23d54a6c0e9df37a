/*
 * What a disk would have if the power went now: the pages that were written since the last sync that went well, with what was in
 * them before. A sync that fails takes its pages off the list of what is still to be written, as Linux does, so that a later one
 * that goes well says nothing about them.
 */
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_open)(const char *, int, ...);

/* A page that a disk may not have: what it has instead. */
struct page {
  dev_t device;
  ino_t file;
  off_t number;
  int lost; /* its sync failed: never written unless it is changed again */
  ssize_t length;
  char path[512];
  struct page *next;
  unsigned char before[4096];
};

static struct page *pages;
static uint32_t chance;

static uint32_t pick(void) {
  chance ^= chance << 13;
  chance ^= chance >> 17;
  return chance ^= chance << 5;
}

static void crash(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* Keeps what the disk has of the pages that are about to be changed. */
static void remember(const struct stat *about, const char *path, int fd, off_t from, size_t size) {
  if (size == 0) return;
  /* Never opened anew where it can be read: closing that would take the locks that SQLite has on the file. */
  int writes_only = (fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY;
  int reader = writes_only ? real_open(path, O_RDONLY | O_CLOEXEC) : fd;
  for (off_t number = from / 4096; number <= (off_t)(from + size - 1) / 4096; number++) {
    struct page *page = pages;
    while (page && !(page->number == number && page->file == about->st_ino && page->device == about->st_dev))
      page = page->next;
    if (page) {
      page->lost = 0;
      continue;
    }
    page = malloc(sizeof *page);
    if (!page) continue;
    page->device = about->st_dev;
    page->file = about->st_ino;
    page->number = number;
    page->lost = 0;
    page->length = reader < 0 ? 0 : pread(reader, page->before, sizeof page->before, number * 4096);
    if (page->length < 0) page->length = 0;
    strcpy(page->path, path);
    page->next = pages;
    pages = page;
  }
  if (writes_only && reader >= 0) close(reader);
}

static void synced(const struct stat *about, int well) {
  for (struct page **at = &pages; *at;) {
    struct page *page = *at;
    if (page->file != about->st_ino || page->device != about->st_dev || page->lost) {
      at = &page->next;
    } else if (well) {
      *at = page->next;
      free(page);
    } else {
      page->lost = 1;
      at = &page->next;
    }
  }
}

/* Files become what a disk may have: of what was not synced each page or not, of what a sync has failed to write nothing. */
static void cut_power(void) {
  static const unsigned char zeros[4096];
  for (struct page *page = pages; page; page = page->next) {
    if (!page->lost && pick() % 2) continue;
    int fd = real_open(page->path, O_WRONLY | O_CLOEXEC);
    struct stat now;
    if (fd >= 0 && fstat(fd, &now) == 0 && now.st_ino == page->file && now.st_dev == page->device) {
      off_t start = page->number * 4096, rest = now.st_size - start;
      if (page->length > 0) real_pwrite(fd, page->before, page->length, start);
      if (rest > 4096) rest = 4096;
      if (rest > page->length) real_pwrite(fd, zeros, rest - page->length, start + page->length);
    }
    if (fd >= 0) close(fd);
  }
  crash();
}
