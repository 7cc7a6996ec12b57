// Counts the words of files, or of its standard input, and prints those that are most frequent, with streams, strings and containers.
//   words [FILE...]
#include <algorithm>
#include <cctype>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

static std::map<std::string, int> counts;
static long words = 0;

static void take(std::istream &stream) {
  for (std::string line; std::getline(stream, line);) {
    std::istringstream parts(line);
    for (std::string word; parts >> word;) {
      word.erase(std::remove_if(word.begin(), word.end(), [](unsigned char c) { return !std::isalpha(c); }), word.end());
      std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
      if (word.empty()) continue;
      counts[word]++;
      words++;
    }
  }
}

int main(int argc, char **argv) {
  int status = 0;
  if (argc == 1) take(std::cin);
  for (int i = 1; i < argc; i++) {
    std::ifstream file(argv[i]);
    if (!file) {
      std::cerr << "words: cannot open " << argv[i] << std::endl;
      status = 1;
    }
    take(file);
  }
  std::vector<std::pair<std::string, int>> order(counts.begin(), counts.end());
  std::stable_sort(order.begin(), order.end(), [](const auto &a, const auto &b) { return a.second > b.second; });
  for (std::size_t i = 0; i < order.size() && i < 20; i++) {
    std::cout << std::setw(6) << order[i].second << ' ' << order[i].first << ' ' << std::fixed << std::setprecision(3)
              << 100.0 * order[i].second / words << "%\n";
  }
  std::cout << words << " words, " << std::hex << std::showbase << counts.size() << " different" << std::endl;
  return status;
}
