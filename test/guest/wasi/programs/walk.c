// Makes a tree of directories and files, walks through it in the order of names, changes it, walks again, and takes it away.
//   walk DIRECTORY
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/** Names in a directory without "." and "..", sorted. */
static size_t names_in(const char *path, char ***names) {
  DIR *directory = opendir(path);
  size_t count = 0;
  *names = NULL;
  if (!directory) {
    printf("%s: %d\n", path, errno == ENOENT);
    return 0;
  }
  for (struct dirent *entry; (entry = readdir(directory));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    *names = realloc(*names, (count + 1) * sizeof **names);
    (*names)[count++] = strdup(entry->d_name);
  }
  closedir(directory);
  qsort(*names, count, sizeof **names, by_name);
  return count;
}

static void walk(const char *path, int removes, int depth) {
  char **names;
  size_t count = names_in(path, &names);
  for (size_t i = 0; i < count; i++) {
    char below[600];
    struct stat status;
    snprintf(below, sizeof below, "%s/%s", path, names[i]);
    if (stat(below, &status) != 0) {
      printf("%s: gone\n", below);
    } else if (S_ISDIR(status.st_mode)) {
      if (!removes) printf("%*s%s/\n", 2 * depth, "", names[i]);
      walk(below, removes, depth + 1);
      if (removes && rmdir(below) != 0) perror(below);
    } else {
      if (!removes) printf("%*s%s %lld\n", 2 * depth, "", names[i], (long long)status.st_size);
      if (removes && unlink(below) != 0) perror(below);
    }
    free(names[i]);
  }
  free(names);
}

static void make(const char *path, int depth) {
  char below[600];
  if (mkdir(path, 0755) != 0 && errno != EEXIST) perror(path);
  for (int i = 0; i < 12; i++) {
    snprintf(below, sizeof below, "%s/file-%d-with-a-rather-long-name", path, i);
    int fd = open(below, O_CREAT | O_WRONLY | O_EXCL, 0644);
    if (fd < 0 || write(fd, below, (size_t)(i * 7 % 11)) < 0 || close(fd) != 0) perror(below);
  }
  for (int i = 0; depth > 0 && i < 3; i++) {
    snprintf(below, sizeof below, "%s/directory-%d", path, i);
    make(below, depth - 1);
  }
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  char from[600], to[600];
  make(argv[1], 2);
  walk(argv[1], 0, 0);
  snprintf(from, sizeof from, "%s/directory-1/directory-2", argv[1]);
  snprintf(to, sizeof to, "%s/moved", argv[1]);
  printf("rename: %d\n", rename(from, to));
  printf("rename again: %d, not found: %d\n", rename(from, to), errno == ENOENT);
  printf("into itself: %d\n", rename(argv[1], to) != 0);
  printf("rmdir: %d, not empty: %d\n", rmdir(to), errno == ENOTEMPTY);
  snprintf(from, sizeof from, "%s/moved/../directory-0/./file-3-with-a-rather-long-name", argv[1]);
  int fd = open(from, O_RDWR);
  printf("truncate: %d, seek: %lld\n", ftruncate(fd, 100000), (long long)lseek(fd, -10, SEEK_END));
  close(fd);
  walk(argv[1], 0, 0);
  walk(argv[1], 1, 0);
  printf("removed: %d\n", rmdir(argv[1]));
  return 0;
}
