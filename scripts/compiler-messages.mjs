// What the AssemblyScript compiler says, as plain text.
import { stripVTControlCharacters } from 'node:util';

/** The text of one of its output streams. It colours it on a terminal and wherever a variable CI is set; here it is only ever part of other texts. */
export function messagesOf(stream) {
  return stripVTControlCharacters(stream.toString());
}
