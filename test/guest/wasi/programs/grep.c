// Prints the lines of files, or of its standard input, that a POSIX regular expression matches.
//   grep [-cinvE] PATTERN [FILE...]
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int flags = REG_NOSUB;
static int counts, numbers, inverted, several;
static regex_t expression;

static int search(FILE *file, const char *name) {
  char *line = NULL;
  size_t room = 0;
  ssize_t bytes;
  long number = 0, found = 0;
  while ((bytes = getline(&line, &room, file)) >= 0) {
    number++;
    if (bytes > 0 && line[bytes - 1] == '\n') line[bytes - 1] = 0;
    if ((regexec(&expression, line, 0, NULL, 0) == 0) == inverted) continue;
    found++;
    if (counts) continue;
    if (several) printf("%s:", name);
    if (numbers) printf("%ld:", number);
    puts(line);
  }
  free(line);
  if (counts && several) printf("%s:", name);
  if (counts) printf("%ld\n", found);
  return found > 0;
}

int main(int argc, char **argv) {
  int option;
  while ((option = getopt(argc, argv, "cinvE")) != -1) {
    if (option == 'c') counts = 1;
    else if (option == 'i') flags |= REG_ICASE;
    else if (option == 'n') numbers = 1;
    else if (option == 'v') inverted = 1;
    else if (option == 'E') flags |= REG_EXTENDED;
    else return 2;
  }
  if (optind == argc) return 2;
  int error = regcomp(&expression, argv[optind++], flags);
  if (error) {
    char text[100];
    regerror(error, &expression, text, sizeof text);
    fprintf(stderr, "grep: %s\n", text);
    return 2;
  }
  several = argc - optind > 1;
  int status = 1;
  if (optind == argc && search(stdin, "(standard input)")) status = 0;
  for (; optind < argc; optind++) {
    FILE *file = fopen(argv[optind], "r");
    if (!file) {
      fprintf(stderr, "grep: %s: %s\n", argv[optind], errno == ENOENT ? "not found" : "cannot be opened");
      status = 2;
      continue;
    }
    if (search(file, argv[optind]) && status == 1) status = 0;
    fclose(file);
  }
  regfree(&expression);
  return status;
}
