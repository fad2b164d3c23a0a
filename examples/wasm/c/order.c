// The order function in C, without a C library: binary interface version 1 of docs/transformers/wasm.md.
//
// Build: clang --target=wasm32 -O2 -nostdlib -ffreestanding -mbulk-memory -Wl,--no-entry -o ../order-c.wasm order.c

#define EXPORT(name) __attribute__((export_name(name)))

typedef unsigned int u32;
typedef unsigned long long u64;

extern unsigned char __heap_base;

static unsigned char *heap;

// Everything allocated for one event is given up at the next: mega_alloc is called once per event.
static unsigned char *allocate(u32 size) {
	unsigned char *start = heap;
	heap = start + ((size + 7) & ~7u);
	u32 have = __builtin_wasm_memory_size(0) << 16;
	if ((u32) heap > have && __builtin_wasm_memory_grow(0, (((u32) heap - have) >> 16) + 1) == (u32) -1) {
		__builtin_trap();
	}
	return start;
}

EXPORT("mega_abi_version") int mega_abi_version(void) {
	return 1;
}

EXPORT("mega_alloc") unsigned char *mega_alloc(u32 size) {
	heap = &__heap_base;
	return allocate(size);
}

// The output.
static unsigned char *out;
static u32 length;

static void put(const char *text, u32 size) {
	__builtin_memcpy(out + length, text, size);
	length += size;
}

#define TEXT(text) put(text, sizeof(text) - 1)

static u64 finish(void) {
	return ((u64) (u32) out << 32) | length;
}

static u64 refuse(const char *reason, u32 size) {
	length = 0;
	TEXT("!");
	put(reason, size);
	return finish();
}

// Finds the end of the JSON value at the start of some text: a number, a text, true, false, null, an object or an array.
static const char *skip(const char *at, const char *end) {
	u32 depth = 0;
	int quoted = 0;
	for (; at < end; at++) {
		if (quoted) {
			if (*at == '\\') {
				at++;
			}
			else if (*at == '"') {
				quoted = 0;
			}
		}
		else if (*at == '"') {
			quoted = 1;
		}
		else if (*at == '{' || *at == '[') {
			depth++;
		}
		else if (*at == '}' || *at == ']') {
			if (depth == 0) {
				return at;
			}
			depth--;
		}
		else if (*at == ',' && depth == 0) {
			return at;
		}
	}
	return at;
}

static const char *space(const char *at, const char *end) {
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) {
		at++;
	}
	return at;
}

// Copies one field of a flat JSON object as it is written; the numbers lose no digit.
static int field(const char *json, const char *end, const char *name, u32 size) {
	const char *at = space(json, end);
	if (at == end || *at != '{') {
		return 0;
	}
	at = space(at + 1, end);
	while (at + size + 2 < end && *at == '"') {
		const char *key = at + 1;
		const char *close = key;
		while (close < end && *close != '"') {
			close += (*close == '\\') ? 2 : 1;
		}
		const char *value = space(close + 1, end);
		if (value >= end || *value != ':') {
			return 0;
		}
		value = space(value + 1, end);
		const char *after = skip(value, end);
		if ((u32) (close - key) == size && __builtin_memcmp(key, name, size) == 0) {
			put(value, after - value);
			return after > value;
		}
		at = space((after < end && *after == ',') ? after + 1 : after, end);
	}
	return 0;
}

// Clang may call these although there is no library.
void *memcpy(void *to, const void *from, __SIZE_TYPE__ size) {
	unsigned char *target = to;
	const unsigned char *source = from;
	while (size-- > 0) {
		*target++ = *source++;
	}
	return to;
}

int memcmp(const void *left, const void *right, __SIZE_TYPE__ size) {
	const unsigned char *a = left;
	const unsigned char *b = right;
	for (; size > 0; size--, a++, b++) {
		if (*a != *b) {
			return *a - *b;
		}
	}
	return 0;
}

#define FIELD(separator, name) \
	TEXT(separator "\"" name "\":"); \
	if (!field(json, end, name, sizeof(name) - 1)) { \
		return refuse("there is no " name, sizeof("there is no " name) - 1); \
	}

EXPORT("mega_transform") u64 mega_transform(const char *input, u32 metadata, u32 payload) {
	const char *json = input + metadata;
	const char *end = json + payload;
	out = allocate(payload + 512);
	length = 0;
	TEXT("{\"table\":\"orders\",\"row\":{");
	FIELD("", "order_id")
	FIELD(",", "product_id")
	FIELD(",", "quantity")
	FIELD(",", "amount")
	FIELD(",", "shipping")
	FIELD(",", "tax")
	FIELD(",", "shipping_address")
	TEXT("}}");
	return finish();
}
