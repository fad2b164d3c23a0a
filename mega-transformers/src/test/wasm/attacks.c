// A module that tries what it must not do: the payload's first character says what.
//
// Build: clang --target=wasm32 -O1 -nostdlib -ffreestanding -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=8192 \
//     -o ../resources/org/megaetl/transformers/wasm/attacks.wasm attacks.c

#define EXPORT(name) __attribute__((export_name(name)))
#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(name)))

typedef unsigned int u32;
typedef unsigned long long u64;

WASI("path_open") int path_open(int fd, int flags, const char *path, int length, int open, u64 rights, u64 inheriting,
	int fdflags, int *result);
WASI("environ_sizes_get") int environ_sizes_get(int *count, int *size);
WASI("environ_get") int environ_get(char **pointers, char *text);
WASI("clock_time_get") int clock_time_get(int id, u64 precision, u64 *time);
WASI("random_get") int random_get(void *buffer, u32 size);
WASI("fd_write") int fd_write(int fd, const void *vectors, int count, int *written);
WASI("fd_read") int fd_read(int fd, const void *vectors, int count, int *read);
WASI("sock_send") int sock_send(int fd, const void *data, int count, int flags, int *sent);
WASI("poll_oneoff") int poll_oneoff(const void *in, void *out, int count, int *events);
WASI("proc_exit") void proc_exit(int code);

static char buffer[65536 * 2];

static char output[65536];

static char *next = buffer;

static int kept;

EXPORT("mega_abi_version") int mega_abi_version(void) {
	return 1;
}

EXPORT("mega_alloc") char *mega_alloc(u32 size) {
	return next;
}

static u64 at(u32 pointer, u32 length) {
	return ((u64) pointer << 32) | length;
}

static u64 text(const char *value) {
	u32 length = 0;
	while (value[length] != 0) {
		output[length] = value[length];
		length++;
	}
	return at((u32) output, length);
}

__attribute__((noinline)) static int deep(volatile int n) {
	return n == -1 ? 0 : deep(n + 1) + deep(n + 2);
}

EXPORT("mega_transform") u64 mega_transform(char *input, u32 metadata, u32 payload) {
	volatile int zero = 0;
	int number = 0;
	int other = 0;
	u64 time = 0;
	switch (input[metadata]) {
	case 'l': // an endless loop
		for (;;) {
			zero++;
		}
	case 'm': // a memory bomb
		while (__builtin_wasm_memory_grow(0, 16) != -1) {
		}
		__builtin_trap();
	case 'r':
		return deep(0);
	case 'o': // output that is larger than allowed, and there
		while (__builtin_wasm_memory_size(0) < 64) {
			__builtin_wasm_memory_grow(0, 1);
		}
		return at(0, 64 << 16);
	case 'n': // a negative pointer
		return at(-8, 16);
	case 'b': // out of bounds
		return at(0x7fffff00, 16);
	case 'h': // a length that is negative
		return at(16, -1);
	case 'v': // overlapping the input: in bounds, and not JSON
		return at((u32) input, 4);
	case 'a': // the next allocation is out of bounds
		next = (char *) -8;
		return 0;
	case 't':
		__builtin_trap();
	case 'f': // a file
		return path_open(3, 0, "etc/passwd", 10, 0, -1, -1, 0, &number) == 0 ? text("[1]") : text("!no file");
	case 'i': // the standard input
		return fd_read(0, output, 1, &number) == 0 ? text("[1]") : text("!no input");
	case 's': // a socket
		return sock_send(4, output, 1, 0, &number) == 0 ? text("[1]") : text("!no socket");
	case 'z': // to sleep
		return poll_oneoff(output, buffer, 1, &number) == 0 ? text("[1]") : text("!no sleep");
	case 'x':
		proc_exit(0);
	case 'e': { // the environment, as a refusal
		char *pointers[16];
		environ_sizes_get(&number, &other);
		environ_get(pointers, output + 1);
		output[0] = '!';
		return at((u32) output, other + 1);
	}
	case 'c':
		return clock_time_get(0, 1, &time) == 0 && time > 1700000000000000000ull ? text("!a clock") : text("[1]");
	case 'q': // pointers into nowhere, given to the host
		return random_get((void *) -16, 64) == 0 ? text("[1]") : text("!refused");
	case 'Q':
		return random_get(buffer, -1) == 0 ? text("[1]") : text("!refused");
	case 'w': {
		u32 vectors[2] = { 16, -1 };
		return fd_write(2, vectors, 1, &number) == 0 ? text("[1]") : text("!refused");
	}
	case 'p': { // a line for the log
		u32 vectors[2] = { (u32) "hello from the module\n", 22 };
		fd_write(2, vectors, 1, &number);
		return 0;
	}
	case 'k': // something kept
		kept++;
		return kept > 1 ? text("!kept") : text("!nothing");
	case 'd': // a table that is not on the list
		return text("{\"table\":\"secrets\",\"row\":{\"id\":1}}");
	case 'D': // SQL in an identifier
		return text("{\"table\":\"orders\",\"row\":{\"id) VALUES (1); DROP TABLE orders; -- \":1}}");
	default:
		return text("{\"table\":\"orders\",\"row\":{\"id\":1}}");
	}
}
