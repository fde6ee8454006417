/* An LD_PRELOAD shim between crm and the disk: counts every step that changes something in one folder and below it,
 * and at the Nth does what it is armed for. Armed by fault_arm() in a process that is running, or from FAULT in the
 * environment: FOLDER|MODE|N|ERRNO|STICKY|LOG.
 *
 * Steps: open for writing or making, write, pwrite, pwritev, fsync, fdatasync, ftruncate, fallocate, rename, link,
 * unlink. What SQLite keeps in the shared memory file is mapped, never written: no step, and gone after a power cut.
 *
 * The log, for the simulator of power cuts: u8 kind, u8 is_shm, u64 a, u64 b, u32 length, then length bytes.
 * kind W write (a inode, b offset, data)  T truncate (a inode, b size)  S sync of a file (a inode)  D sync of a folder
 * (data: its path)  C a new name (a inode, data: path)  U a name gone (data: path)  L a second name (a inode, data)
 * R a name moved (data: old, NUL, new)  A said on stdout
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OFF, COUNT, KILL, TORN, ERROR, SHORT };

static char folder[PATH_MAX];
static size_t folder_length;
static int mode = OFF, error = ENOSPC, is_sticky, log_fd = -1, is_failing;
static long at, steps;

void fault_arm(const char *where, int how, long n, int number, int sticky, const char *log) {
    folder_length = strlen(where);
    memcpy(folder, where, folder_length + 1);
    mode = how, at = n, error = number, is_sticky = sticky, steps = 0, is_failing = 0;
    if (log && *log) log_fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

void fault_disarm(void) {
    mode = OFF;
    if (log_fd >= 0) syscall(SYS_close, log_fd);
    log_fd = -1;
}

long fault_steps(void) { return steps; }

__attribute__((constructor)) static void from_environment(void) {
    const char *said = getenv("FAULT");
    char where[PATH_MAX], log[PATH_MAX] = "";
    int how, number, sticky;
    long n;
    if (said && sscanf(said, "%4095[^|]|%d|%ld|%d|%d|%4095[^|]", where, &how, &n, &number, &sticky, log) >= 5)
        fault_arm(where, how, n, number, sticky, log);
}

__attribute__((destructor)) static void tell(void) {
    const char *place = mode ? getenv("FAULT_STEPS") : NULL;
    if (!place) return;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, place, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    char text[32];
    int length = snprintf(text, sizeof text, "%ld", steps);
    if (fd >= 0 && syscall(SYS_write, fd, text, length) < 0) return;
}

static int is_ours(const char *path) {
    return mode && !strncmp(path, folder, folder_length) && (path[folder_length] == '/' || !path[folder_length]);
}

/* The path behind an open file or a name, in `out`; whether it stands in our folder. */
static int of_fd(int fd, char *out) {
    char link[64];
    if (!mode || fd == log_fd) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, out, PATH_MAX - 1);
    if (length <= 0) return 0;
    out[length] = 0;
    return is_ours(out);
}

static int of_name(int dir, const char *name, char *out) {
    char base[PATH_MAX];
    if (!mode || !name) return 0;
    if (name[0] == '/') {
        snprintf(out, PATH_MAX, "%s", name);
    } else {
        if (dir == AT_FDCWD) {
            if (!getcwd(base, sizeof base)) return 0;
        } else if (!of_fd(dir, base))
            return 0;
        if (snprintf(out, PATH_MAX, "%s/%s", base, name) >= PATH_MAX) return 0;
    }
    return is_ours(out);
}

static int is_shm(const char *path) {
    size_t length = strlen(path);
    return length > 4 && !strcmp(path + length - 4, "-shm");
}

static void record(char kind, const char *path, uint64_t a, uint64_t b, const void *data, uint32_t length) {
    if (log_fd < 0) return;
    char head[22] = {kind, (char)(path && is_shm(path))};
    memcpy(head + 2, &a, 8), memcpy(head + 10, &b, 8), memcpy(head + 18, &length, 4);
    struct iovec parts[2] = {{head, sizeof head}, {(void *)data, length}};
    if (syscall(SYS_writev, log_fd, parts, length ? 2 : 1) < 0) abort();
}

static uint64_t inode(int fd) {
    struct stat info;
    return fstat(fd, &info) ? 0 : info.st_ino;
}

static uint64_t inode_of(const char *path) {
    struct stat info;
    return stat(path, &info) ? 0 : info.st_ino;
}

enum { GO, FAIL, HALF_AND_DIE, HALF };

/* What becomes of the step that is due. */
static int step(void) {
    steps++;
    if (is_failing) { /* the rest of a write that was cut short, and whatever comes after where the disk stays full */
        if (!is_sticky) is_failing = 0;
        return FAIL;
    }
    if (steps != at && !(is_sticky && steps > at)) return GO;
    if (mode == KILL) kill(getpid(), SIGKILL);
    if (mode == TORN) return HALF_AND_DIE;
    if (mode == ERROR) return FAIL;
    if (mode != SHORT) return GO;
    is_failing = 1;
    return HALF;
}

/* For steps that cannot be done by half. */
static int fails(void) {
    int what = step();
    if (what == HALF_AND_DIE) kill(getpid(), SIGKILL);
    if (what == GO) return 0;
    is_failing = is_failing && is_sticky;
    errno = error;
    return 1;
}

#define REAL(result, name, ...)                                                                                        \
    static result (*real)(__VA_ARGS__);                                                                                \
    if (!real) real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static ssize_t put(int fd, const void *data, size_t size, off64_t offset, const char *path) {
    int what = step();
    if (what == FAIL) return errno = error, -1;
    size_t part = what == GO || size < 2 ? size : size / 2;
    ssize_t done = offset < 0 ? syscall(SYS_write, fd, data, part) : syscall(SYS_pwrite64, fd, data, part, offset);
    if (what == HALF_AND_DIE) kill(getpid(), SIGKILL);
    if (done > 0) {
        uint64_t where = offset < 0 ? (uint64_t)(lseek64(fd, 0, SEEK_CUR) - done) : (uint64_t)offset;
        record('W', path, inode(fd), where, data, (uint32_t)done);
    }
    return done;
}

ssize_t write(int fd, const void *data, size_t size) {
    char path[PATH_MAX];
    if (mode && fd == 1) record('A', NULL, 0, 0, NULL, 0);
    return of_fd(fd, path) ? put(fd, data, size, -1, path) : syscall(SYS_write, fd, data, size);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    char path[PATH_MAX];
    return of_fd(fd, path) ? put(fd, data, size, offset, path) : syscall(SYS_pwrite64, fd, data, size, offset);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) { return pwrite64(fd, data, size, offset); }

/* Of several parts only the first is written, as any short write: callers go on with the rest. */
ssize_t writev(int fd, const struct iovec *parts, int count) {
    char path[PATH_MAX];
    if (!of_fd(fd, path)) return syscall(SYS_writev, fd, parts, count);
    return put(fd, parts[0].iov_base, parts[0].iov_len, -1, path);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
    REAL(ssize_t, pwritev64, int, const struct iovec *, int, off64_t);
    char path[PATH_MAX];
    return of_fd(fd, path) ? put(fd, parts[0].iov_base, parts[0].iov_len, offset, path) : real(fd, parts, count, offset);
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) { return pwritev64(fd, parts, count, offset); }

/* Copies inside the kernel are refused, so that they come as reads and writes. */
ssize_t sendfile64(int to, int from, off64_t *offset, size_t count) {
    char path[PATH_MAX];
    return of_fd(to, path) ? (errno = EINVAL, -1) : syscall(SYS_sendfile, to, from, offset, count);
}
ssize_t sendfile(int to, int from, off_t *offset, size_t count) { return sendfile64(to, from, offset, count); }
ssize_t copy_file_range(int from, off64_t *a, int to, off64_t *b, size_t count, unsigned flags) {
    char path[PATH_MAX];
    return of_fd(to, path) ? (errno = EXDEV, -1) : syscall(SYS_copy_file_range, from, a, to, b, count, flags);
}

static int sync_by(int fd, long number) {
    char path[PATH_MAX];
    struct stat info;
    if (!of_fd(fd, path)) return (int)syscall(number, fd);
    if (fails()) return -1;
    int done = (int)syscall(number, fd);
    if (!done && !fstat(fd, &info)) {
        if (S_ISDIR(info.st_mode)) record('D', path, 0, 0, path, (uint32_t)strlen(path));
        else record('S', path, info.st_ino, 0, NULL, 0);
    }
    return done;
}
int fsync(int fd) { return sync_by(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_by(fd, SYS_fdatasync); }

int ftruncate64(int fd, off64_t size) {
    char path[PATH_MAX];
    if (!of_fd(fd, path)) return (int)syscall(SYS_ftruncate, fd, size);
    if (fails()) return -1;
    int done = (int)syscall(SYS_ftruncate, fd, size);
    if (!done) record('T', path, inode(fd), (uint64_t)size, NULL, 0);
    return done;
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int fallocate64(int fd, int how, off64_t offset, off64_t size) {
    char path[PATH_MAX];
    if (of_fd(fd, path)) return errno = EOPNOTSUPP, -1;
    return (int)syscall(SYS_fallocate, fd, how, offset, size);
}
int fallocate(int fd, int how, off_t offset, off_t size) { return fallocate64(fd, how, offset, size); }

static int open_at(int dir, const char *name, int flags, mode_t rights) {
    char path[PATH_MAX];
    int writes = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);
    if (!writes || !of_name(dir, name, path)) return (int)syscall(SYS_openat, dir, name, flags, rights);
    uint64_t before = inode_of(path);
    if (fails()) return -1;
    int fd = (int)syscall(SYS_openat, dir, name, flags, rights);
    if (fd < 0) return fd;
    if (!before) record('C', path, inode(fd), 0, path, (uint32_t)strlen(path));
    else if (flags & O_TRUNC) record('T', path, before, 0, NULL, 0);
    return fd;
}
#define OPEN(NAME, FIRST, DIR)                                                                                         \
    int NAME(FIRST const char *name, int flags, ...) {                                                                 \
        mode_t rights = 0;                                                                                             \
        if (flags & (O_CREAT | O_TMPFILE)) {                                                                           \
            va_list rest;                                                                                              \
            va_start(rest, flags);                                                                                     \
            rights = va_arg(rest, mode_t);                                                                             \
            va_end(rest);                                                                                              \
        }                                                                                                              \
        return open_at(DIR, name, flags, rights);                                                                      \
    }
#define COMMA ,
OPEN(open, , AT_FDCWD)
OPEN(open64, , AT_FDCWD)
OPEN(openat, int dir COMMA, dir)
OPEN(openat64, int dir COMMA, dir)

static int unlink_at(int dir, const char *name, int flags) {
    char path[PATH_MAX];
    if (flags & AT_REMOVEDIR || !of_name(dir, name, path)) return (int)syscall(SYS_unlinkat, dir, name, flags);
    if (fails()) return -1;
    int done = (int)syscall(SYS_unlinkat, dir, name, flags);
    if (!done) record('U', path, 0, 0, path, (uint32_t)strlen(path));
    return done;
}
int unlink(const char *name) { return unlink_at(AT_FDCWD, name, 0); }
int unlinkat(int dir, const char *name, int flags) { return unlink_at(dir, name, flags); }
int remove(const char *name) { return unlink_at(AT_FDCWD, name, 0); }

static int rename_at(int from_dir, const char *from, int to_dir, const char *to, unsigned flags) {
    char both[2 * PATH_MAX], other[PATH_MAX];
    int ours = of_name(from_dir, from, both);
    ours = of_name(to_dir, to, other) || ours;
    if (!ours) return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
    if (fails()) return -1;
    int done = (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
    size_t length = strlen(both) + 1;
    memcpy(both + length, other, strlen(other) + 1);
    if (!done) record('R', NULL, 0, 0, both, (uint32_t)(length + strlen(other)));
    return done;
}
int rename(const char *from, const char *to) { return rename_at(AT_FDCWD, from, AT_FDCWD, to, 0); }
int renameat(int a, const char *from, int b, const char *to) { return rename_at(a, from, b, to, 0); }
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) { return rename_at(a, from, b, to, flags); }

static int link_at(int from_dir, const char *from, int to_dir, const char *to, int flags) {
    char path[PATH_MAX];
    if (!of_name(to_dir, to, path)) return (int)syscall(SYS_linkat, from_dir, from, to_dir, to, flags);
    if (fails()) return -1;
    int done = (int)syscall(SYS_linkat, from_dir, from, to_dir, to, flags);
    if (!done) record('L', path, inode_of(path), 0, path, (uint32_t)strlen(path));
    return done;
}
int link(const char *from, const char *to) { return link_at(AT_FDCWD, from, AT_FDCWD, to, 0); }
int linkat(int a, const char *from, int b, const char *to, int flags) { return link_at(a, from, b, to, flags); }
