// The order function in AssemblyScript: binary interface version 1 of docs/transformers/wasm.md.
//
// Build: npx asc order.ts -o ../order-assemblyscript.wasm -O3 --runtime stub --use abort=order/fail

let arena: usize = 0;
let capacity: i32 = 0;

export function mega_abi_version(): i32 {
	return 1;
}

// Called once per event; the block is used again for the next one.
export function mega_alloc(size: i32): usize {
	if (size > capacity) {
		capacity = size * 2;
		arena = heap.alloc(capacity);
	}
	return arena;
}

let out: usize = 0;
let outCapacity: i32 = 0;
let length: i32 = 0;

function put(from: usize, size: i32): void {
	memory.copy(out + length, from, size);
	length += size;
}

function text(value: StaticArray<u8>): void {
	put(changetype<usize>(value), value.length);
}

@inline
function isSpace(code: u8): bool {
	return code == 0x20 || code == 0x09 || code == 0x0a || code == 0x0d;
}

function space(at: usize, end: usize): usize {
	while (at < end && isSpace(load<u8>(at))) {
		at++;
	}
	return at;
}

// Finds the end of the JSON value at a place.
function skip(at: usize, end: usize): usize {
	let depth = 0;
	let quoted = false;
	for (; at < end; at++) {
		const code = load<u8>(at);
		if (quoted) {
			if (code == 0x5c) {
				at++;
			}
			else if (code == 0x22) {
				quoted = false;
			}
		}
		else if (code == 0x22) {
			quoted = true;
		}
		else if (code == 0x7b || code == 0x5b) {
			depth++;
		}
		else if (code == 0x7d || code == 0x5d) {
			if (depth == 0) {
				return at;
			}
			depth--;
		}
		else if (code == 0x2c && depth == 0) {
			return at;
		}
	}
	return at;
}

// Copies one field of a flat JSON object as it is written.
function field(json: usize, end: usize, name: StaticArray<u8>): bool {
	let at = space(json, end);
	if (at == end || load<u8>(at) != 0x7b) {
		return false;
	}
	at = space(at + 1, end);
	while (at < end && load<u8>(at) == 0x22) {
		const key = at + 1;
		let close = key;
		while (close < end && load<u8>(close) != 0x22) {
			close += load<u8>(close) == 0x5c ? 2 : 1;
		}
		let value = space(close + 1, end);
		if (value >= end || load<u8>(value) != 0x3a) {
			return false;
		}
		value = space(value + 1, end);
		const after = skip(value, end);
		if (close - key == <usize>name.length && memory.compare(key, changetype<usize>(name), name.length) == 0) {
			put(value, <i32>(after - value));
			return after > value;
		}
		at = space(after < end && load<u8>(after) == 0x2c ? after + 1 : after, end);
	}
	return false;
}

const START: StaticArray<u8> = bytes('{"table":"orders","row":{');
const END: StaticArray<u8> = bytes('}}');
const QUOTE: StaticArray<u8> = bytes('"');
const COLON: StaticArray<u8> = bytes('":');
const COMMA: StaticArray<u8> = bytes(',');
const MISSING: StaticArray<u8> = bytes('!there is no ');
const FIELDS: StaticArray<StaticArray<u8>> = [bytes('order_id'), bytes('product_id'), bytes('quantity'), bytes('amount'),
	bytes('shipping'), bytes('tax'), bytes('shipping_address')];

function bytes(value: string): StaticArray<u8> {
	const result = new StaticArray<u8>(value.length);
	for (let i = 0; i < value.length; i++) {
		result[i] = <u8>value.charCodeAt(i);
	}
	return result;
}

function finish(): u64 {
	return (<u64>out << 32) | <u64>length;
}

export function mega_transform(input: usize, metadata: i32, payload: i32): u64 {
	const json = input + metadata;
	const end = json + payload;
	if (payload + 512 > outCapacity) {
		outCapacity = (payload + 512) * 2;
		out = heap.alloc(outCapacity);
	}
	length = 0;
	text(START);
	for (let i = 0; i < FIELDS.length; i++) {
		if (i > 0) {
			text(COMMA);
		}
		text(QUOTE);
		text(FIELDS[i]);
		text(COLON);
		if (!field(json, end, FIELDS[i])) {
			length = 0;
			text(MISSING);
			text(FIELDS[i]);
			return finish();
		}
	}
	text(END);
	return finish();
}

export function fail(message: usize, file: usize, line: u32, column: u32): void {
	unreachable();
}
