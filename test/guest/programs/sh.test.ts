// The shell does what dash does: the same lines, in both, with the same files.
import { describe, expect, it } from 'vitest';
import { type Case, onGuest, onHost } from './host-tools.ts';

const FILES: Case = {
  files: {
    a: 'one two\nthree\n',
    b: '3\n1\n2\n',
    'dir/x1': 'x one\n',
    'dir/x2': 'x two\n',
    'dir/y': '',
    'script.sh': 'echo "script $0 $# $1"\nfor x; do echo "[$x]"; done\nexit 3\n',
    'with space': 'blank\n',
    '.hidden': '',
  },
  stdin: 'first line\nsecond  line \nthird\n',
};

function compare(line: string, case_: Case = FILES): void {
  const guest = onGuest(['sh', '-c', line], case_);
  const host = onHost(['sh', '-c', line], case_);
  expect(guest.stdout.toString('latin1'), guest.stderr.toString()).toBe(host.stdout.toString('latin1'));
  expect(guest.status).toBe(host.status);
  expect(guest.stderr.toString()).toBe(host.stderr.toString());
}

describe('quotes and expansions', () => {
  it.each([
    `echo one   two 'th  ree' "fo  ur" fi\\ ve`,
    `echo 'a"b' "a'b" "a\\"b" a\\'b "\\$x \\q"`,
    `x=1 y="a  b"; echo $x $y "$y" '$y' \${x}y`,
    `x='*'; echo $x "$x"; echo '*' \\*`,
    `unset x; echo "[\${x:-default}]" "[\${x-d e f}]" "[\${x:+set}]"; x=; echo "[\${x:-d}]" "[\${x-d}]" "[\${x+set}]"`,
    `echo \${x:=assigned} $x \${#x}`,
    `x=path/to/file.tar.gz; echo \${x#*/} \${x##*/} \${x%.*} \${x%%.*} \${x%nothing} "\${x#"path"}"`,
    `set -- 'a b' c ''; echo $# "$1" $2; for i in "$@"; do echo "<$i>"; done; for i in $@; do echo "<$i>"; done; echo "$*"`,
    `set --; for i in "$@"; do echo never; done; echo "[$*]" $#; echo a"$@"b`,
    `IFS=:; x=a:b::c; for i in $x; do echo "<$i>"; done; set -- 1 2 3; echo "$*"`,
    `IFS=' :'; x='a : b::c '; for i in $x; do echo "<$i>"; done`,
    `echo $(echo one; echo two) "$(echo one; echo two)" \`echo back\``,
    `echo "$(echo "in $(echo deep) 'quotes'")"`,
    `x=$(cat a | wc -l); echo $x`,
    `echo $((1 + 2 * 3)) $(( (1+2)*3 )) $((7/2)) $((7%3)) $((-7/2)) $((1<<4)) $((5 > 3 && 2 < 1)) $((010 + 0x1f))`,
    `x=5; echo $((x+1)) $(($x*2)) $((x+=3)) $x $((x > 7 ? 1 : 2)) $((~x & 0xff)) $((!x))`,
    `echo * dir/* dir/x? [ab] dir/[!x]* nothing* "*" .h*`,
    `echo */ d*/x* */y`,
    `echo ~ ~/x "~" a~; x=~/bin; echo $x`,
    `echo "a\\
b" c\\
d`,
    `echo $? ; false; echo $?; true; echo $?`,
    `echo "\${x:-a b}" \${x:-a   b} "\${x:-"q q"}" \${x:-'s  s'}`,
    `f() { echo $#; }; f \${1+"$@"}; set -- 'a b' c; f \${1+"$@"}; f "$*"`,
    `echo 'a\\tb\\n\\101\\\\' "c\\c" rest`,
    `echo -n a; echo b`,
    `echo "\${undefined?is missing}"; echo never`,
    `set -u; echo $undefined; echo never`,
    `echo \${x%}\${x}`,
  ])('%s', (line) => compare(line));
});

describe('commands', () => {
  it.each([
    `if true; then echo yes; else echo no; fi; if false; then echo a; elif true; then echo b; fi`,
    `i=0; while [ $i -lt 5 ]; do i=$((i+1)); [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done`,
    `i=3; until [ $i -eq 0 ]; do echo $i; i=$((i-1)); done`,
    `for i in 1 2; do for j in a b c; do [ $j = b ] && continue 2; echo $i$j; done; done`,
    `for i in 1 2; do for j in a b; do echo $i$j; break 2; done; done; echo end`,
    `for x in a bb ccc; do case $x in a) echo one;; b*|c) echo two;; [!x]??) echo three;; esac; done`,
    `case "a*b" in a\\*b) echo literal;; esac; case x in "?") echo no;; ?) echo any;; esac; case y in x) ;; esac; echo $?`,
    `true && echo a || echo b; false && echo c || echo d; ! true; echo $?; ! false && echo e`,
    `f() { echo "f $1 $#"; return 3; echo never; }; f x y; echo $?; f`,
    `f() { local v=inner; g; echo $v; }; g() { echo "g $v"; v=changed; }; v=outer; f; echo $v`,
    `f() { [ $1 -eq 0 ] && return; echo $1; f $(($1-1)); }; f 3`,
    `{ echo a; echo b; } | cat; (echo c; exit 4); echo $?; x=1; (x=2; echo $x); echo $x`,
    `x=1; { x=2; }; echo $x; echo a | { read y; echo "got $y"; }; echo "[$y]"`,
    `set -- 1 2 3; shift; echo $@; shift 2; echo $#; shift`,
    `eval 'x=1; echo $x'; eval echo '$x' "'a  b'"; . ./script.sh`,
    `sh script.sh 'a b' c; echo $?`,
    `test -f a && test ! -d a && test -d dir && test -s a && ! test -s dir/y && echo files`,
    `[ a = a ] && [ a != b ] && [ 1 -lt 2 ] && [ -n x ] && [ -z "" ] && [ x ] && ! [ "" ] && echo strings`,
    `[ 1 -eq 1 -a 2 -gt 1 ] && [ 1 -eq 2 -o 2 -eq 2 ] && [ ! 1 -eq 2 ] && [ \\( a = b \\) -o c = c ] && echo logic`,
    `[ 1 -eq x ]; echo $?; [ a b c d e ]; echo $?; [ a b c ]; [ -f a b ]; [ a b ]; [ a -eq ]; [ a; echo $?`,
    `export X=1; Y=2 sh -c 'echo $X $Y'; Y=2; sh -c 'echo [$Y]'; Z=3; export Z; sh -c 'echo $Z'`,
    `X=temporary true; echo "[$X]"; unset HOME; echo "[$HOME]"`,
    `read a b; echo "$a,$b"; read -r c; echo "$c"; cat`,
    `while read x y; do echo "$y:$x"; done`,
    `echo 'a\\\\b c' | { read x; echo "$x"; }; echo 'a\\\\b  c ' | { read -r x; echo "[$x]"; }`,
    `cd dir && echo * && cd .. && echo *; cd nowhere; echo $?`,
    `printf '%s-%5s|%-5s|%d %05d %x %o %c\\n' a b c 42 42 255 8 xyz; printf '%s\\n' 1 2 3; printf 'no newline'`,
    `printf '%b|%s|%%|%.2s|%+d\\n' 'a\\tb' 'a\\tb' abc 5; printf '\\101\\n'`,
    `nosuchcommand; echo $?`,
    `exit 7; echo never`,
    `(exit 5) || echo $?; trap 'echo bye' EXIT; echo end`,
    `set -e; false || echo caught; if false; then :; fi; ! true; echo on; false; echo never`,
    `:; x=$(false); echo $?; x=$(exit 9) true; echo $?`,
    `type cd nosuchthing; command -v echo; command echo hi`,
    `sleep_not() { :; }; unset -f sleep_not; sleep_not`,
    `if then fi`,
    `echo 'unterminated`,
    `for 1 in a; do :; done`,
    `echo a; echo b # comment
echo c#d; #
# nothing
echo e`,
    `if [ -e a ]
then
  echo there
else
  echo gone
fi > out; cat out`,
    `f() (
  cd dir; echo *
)
f; echo *`,
  ])('%s', (line) => compare(line));
});

describe('redirection and pipelines', () => {
  it.each([
    `cat < a; cat < a > out; cat out out; echo more >> out; cat < out`,
    `echo err >&2; echo both 2>&1 >&2; (echo o; echo e >&2) 2>&1 | cat`,
    `(echo o; echo e >&2) > out 2>&1; cat out; (echo o; echo e >&2) 2>out >/dev/null; cat out`,
    `cat nofile 2>/dev/null; echo $?; cat nofile a 2>&1 | wc -l`,
    `cat a | cat | cat | wc; cat a b | while read x; do echo "<$x>"; done | wc -l`,
    `echo a | cat - b; cat <<E
one $((1+1)) \${HOME}
"two" \\$x
E
cat <<'E'
$x \\
E
cat <<-E
		tabs
	E`,
    `x=$(cat <<E
in substitution
E
); echo "$x"`,
    `cat < nofile; echo $?; echo > nodir/x; echo $?`,
    `exec 3>out; echo three >&3; exec 3>&-; cat out; echo x >&3; echo $?`,
    `exec > out; echo hidden; cat out >&2`,
    `exec < b; read x; echo $x; cat`,
    `false | true; echo $?; true | false; echo $?; ! echo a | cat; echo $?`,
    `echo x > "a b"; cat "a b" with\\ space; echo y > 'with space'; cat with*`,
    `> empty; wc -c empty; : > a; cat a`,
    `echo background & wait; echo $?; cat nofile 2>/dev/null & wait $!; echo $?`,
    `echo a; echo b | cat &
wait; echo c`,
    `x=1; f() { echo "f $x $1"; }; f a | cat; echo b | f c; f d & wait`,
    `set -- p q; x='it'"'"'s'; { echo "$x" $2 $$; echo $$; } | { read l p; read q; [ "$p" = "$q" ] && echo "$l same"; }`,
    `for i in 1 2 3; do echo $i; done | { while read i; do s=$((s+i)); done; echo $s; }`,
    `echo *x* 2>&1 > 'o u t'; cat o*`,
    `cat a 5</dev/null 2>&1 1>out; cat out`,
    `if cat a > /dev/null; then echo ok; fi; { echo 1; echo 2; } > out; wc -l < out`,
    `cat a | (read x; echo "$x"; cat)`,
    `printf 'a b\\nc' | while read x y || [ -n "$x" ]; do echo "$x,$y"; done`,
  ])('%s', (line) => compare(line));
});

it('runs a script from stdin', () => {
  const script = { stdin: 'x=1\necho $x\nif true; then\necho in\nfi\nexit 2\n' };
  const guest = onGuest(['sh'], script);
  const host = onHost(['sh'], script);
  expect(guest.stdout.toString()).toBe(host.stdout.toString());
  expect(guest.status).toBe(host.status);
});

it('takes no memory for the commands of a loop, and little for what it expands', () => {
  const loop = (body: string) =>
    onGuest(['sh', '-c', `i=0; while [ $i -lt 10000 ]; do i=$((i+1)); ${body}; done`]).memoryBytes;
  const once = loop(':');
  expect(once).toBeLessThan(20_000_000);
  expect(loop('true; : a b c; [ a = b ] || : >/dev/null')).toBe(once);
});
