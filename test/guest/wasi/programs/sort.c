// Sorts the lines of files, or of its standard input, into its standard output or a file.
//   sort [-nru] [-o FILE] [FILE...]
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct line {
  char *text;
  size_t place;
};

static int numeric, reversed, unique;
static struct line *lines;
static size_t count, room;

static int order(const void *a, const void *b) {
  const struct line *left = a, *right = b;
  int sign = 0;
  if (numeric) {
    double first = strtod(left->text, NULL), second = strtod(right->text, NULL);
    sign = (first > second) - (first < second);
  }
  if (sign == 0) sign = strcmp(left->text, right->text);
  return reversed ? -sign : sign;
}

static void take(FILE *file) {
  char *text = NULL;
  size_t size = 0;
  ssize_t bytes;
  while ((bytes = getline(&text, &size, file)) >= 0) {
    if (bytes > 0 && text[bytes - 1] == '\n') text[bytes - 1] = 0;
    if (count == room) {
      room = room ? 2 * room : 16;
      lines = realloc(lines, room * sizeof *lines);
      if (!lines) exit(3);
    }
    lines[count].place = count;
    lines[count++].text = strdup(text);
  }
  free(text);
}

int main(int argc, char **argv) {
  const char *output = NULL;
  int option;
  while ((option = getopt(argc, argv, "nruo:")) != -1) {
    if (option == 'n') numeric = 1;
    else if (option == 'r') reversed = 1;
    else if (option == 'u') unique = 1;
    else if (option == 'o') output = optarg;
    else return 2;
  }
  if (optind == argc) take(stdin);
  for (; optind < argc; optind++) {
    FILE *file = fopen(argv[optind], "r");
    if (!file) {
      perror(argv[optind]);
      return 2;
    }
    take(file);
    fclose(file);
  }
  qsort(lines, count, sizeof *lines, order);
  FILE *to = output ? fopen(output, "w") : stdout;
  if (!to) return 2;
  for (size_t i = 0; i < count; i++) {
    if (unique && i > 0 && strcmp(lines[i].text, lines[i - 1].text) == 0) continue;
    fprintf(to, "%s\n", lines[i].text);
  }
  for (size_t i = 0; i < count; i++) free(lines[i].text);
  free(lines);
  return fclose(to) != 0;
}
