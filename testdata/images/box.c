/* A shell of four commands without a library, so that images from scratch can run something. */
typedef unsigned long ul;
static long sys(long n, long a, long b, long c) { long r; __asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory"); return r; }
static char buf[65536];
static int same(const char *a, const char *b) { while (*a && *a == *b) a++, b++; return *a == *b; }
static ul len(const char *s) { ul n = 0; while (s[n]) n++; return n; }
int main_(long *sp) {
  char **argv = (char **)(sp + 1); long argc = *sp; char *w[8]; int n = 0;
  char *s = argc > 2 ? argv[2] : 0;
  while (s && *s && n < 8) { while (*s == ' ') *s++ = 0; if (*s) w[n++] = s; while (*s && *s != ' ') s++; }
  if (n < 2) return 2;
  if (same(w[0], "rm")) return sys(87, (long)w[1], 0, 0) != 0;
  if (same(w[0], "mkdir")) return sys(83, (long)w[1], 0755, 0) != 0;
  if (n < 3) return 2;
  if (same(w[0], "ln")) return sys(86, (long)w[1], (long)w[2], 0) != 0;
  long in = sys(2, (long)w[1], 0, 0), out = sys(2, (long)w[2], 01101, 0644), got; ul from = 0;
  if (in < 0 || out < 0) return 1;
  got = sys(0, in, (long)buf, sizeof buf);
  if (same(w[0], "bundle")) { while (buf[from] && buf[from] != '=') from++; from++; ul end = from; while (end < (ul)got && buf[end] != '\n') end++;
    char *a = "window.pay=function(){return \"", *b = "\"};\n"; sys(1, out, (long)a, len(a)); sys(1, out, (long)(buf + from), end - from); sys(1, out, (long)b, len(b)); return 0; }
  return sys(1, out, (long)buf, got) != got;
}
__asm__(".globl _start\n_start: mov %rsp,%rdi\n call main_\n mov %eax,%edi\n mov $60,%eax\n syscall\n");
