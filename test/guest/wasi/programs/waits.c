// Sleeps, waits for descriptors, asks for random bytes, and reads and writes at offsets.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(void) {
  const struct timespec pause = {0, 3000000};
  long long start = now();
  int slept = nanosleep(&pause, NULL);
  printf("slept: %d, long enough: %d\n", slept, now() - start >= pause.tv_nsec);
  struct pollfd writable = {1, POLLWRNORM, 0};
  printf("poll: %d, writable: %d\n", poll(&writable, 1, 10), writable.revents == POLLWRNORM);
  unsigned char bytes[16];
  printf("random: %d\n", getentropy(bytes, sizeof bytes));
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  printf("pwrite: %zd\n", pwrite(fd, "abcdef", 6, 10));
  char text[4] = {0};
  printf("pread: %zd %s\n", pread(fd, text, 3, 12), text);
  struct stat status;
  printf("fstat: %d, %lld bytes\n", fstat(fd, &status), (long long)status.st_size);
  printf("open: %d, not found: %d\n", open("/nothing", O_RDONLY), errno == ENOENT);
  int reading = open("file", O_RDONLY);
  printf("write: %zd, not for writing: %d\n", write(reading, "a", 1), errno == EBADF);
  return 0;
}
