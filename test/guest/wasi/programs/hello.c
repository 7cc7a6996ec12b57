// Greets whom its arguments name, and tells how many there were by its status.
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  const char *greeting = getenv("GREETING");
  for (int i = 1; i < argc; i++) printf("%s, %s!\n", greeting ? greeting : "Hello", argv[i]);
  if (argc == 1) fprintf(stderr, "%s: whom?\n", "hello");
  return argc - 1;
}
