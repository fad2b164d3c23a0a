// A module that asks for a table, and writes into it.
//
// Build: clang --target=wasm32 -O1 -nostdlib -ffreestanding -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=8192 \
//     -o ../resources/org/megaetl/transformers/wasm/init.wasm init.c

#define EXPORT(name) __attribute__((export_name(name)))

typedef unsigned int u32;
typedef unsigned long long u64;

static char buffer[65536];

static const char ddl[] = "CREATE TABLE IF NOT EXISTS scores (id INT PRIMARY KEY, score INT NOT NULL)";

static const char row[] = "{\"table\":\"scores\",\"row\":{\"id\":1,\"score\":7}}";

EXPORT("mega_abi_version") int mega_abi_version(void) {
	return 1;
}

EXPORT("mega_alloc") char *mega_alloc(u32 size) {
	return buffer;
}

EXPORT("mega_init") u64 mega_init(void) {
	return ((u64) (u32) ddl << 32) | (sizeof(ddl) - 1);
}

EXPORT("mega_transform") u64 mega_transform(char *input, u32 metadata, u32 payload) {
	return ((u64) (u32) row << 32) | (sizeof(row) - 1);
}
