// The order function in Rust, without its standard library: binary interface version 1 of docs/transformers/wasm.md.
//
// Build: rustc --target wasm32-unknown-unknown -C opt-level=3 -C panic=abort -C lto=fat -C strip=symbols \
//     --crate-type=cdylib -o ../order-rust.wasm order.rs
#![no_std]

use core::arch::wasm32;
use core::slice;

const FIELDS: [&[u8]; 7] =
    [b"order_id", b"product_id", b"quantity", b"amount", b"shipping", b"tax", b"shipping_address"];

extern "C" {
    static __heap_base: u8;
}

#[panic_handler]
fn panic(_info: &core::panic::PanicInfo) -> ! {
    wasm32::unreachable()
}

/// Makes sure that the memory reaches to an address.
fn reserve(end: usize) {
    let have = wasm32::memory_size(0) << 16;
    if end > have && wasm32::memory_grow(0, ((end - have) >> 16) + 1) == usize::MAX {
        wasm32::unreachable()
    }
}

fn heap() -> usize {
    unsafe { &__heap_base as *const u8 as usize }
}

#[no_mangle]
pub extern "C" fn mega_abi_version() -> i32 {
    1
}

/// Called once per event: all that the last event used is given up.
#[no_mangle]
pub extern "C" fn mega_alloc(size: usize) -> usize {
    reserve(heap() + size);
    heap()
}

struct Output {
    bytes: &'static mut [u8],
    length: usize,
}

impl Output {
    fn put(&mut self, text: &[u8]) {
        self.bytes[self.length..self.length + text.len()].copy_from_slice(text);
        self.length += text.len();
    }

    fn finish(&self) -> u64 {
        ((self.bytes.as_ptr() as u64) << 32) | self.length as u64
    }
}

/// What follows after white space.
fn space(json: &[u8]) -> &[u8] {
    let start = json.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(json.len());
    &json[start..]
}

/// The length of the JSON value that a text begins with.
fn value(json: &[u8]) -> usize {
    let mut depth = 0;
    let mut quoted = false;
    let mut at = 0;
    while at < json.len() {
        match json[at] {
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' | b',' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    json.len()
}

/// The text of one field of a flat JSON object, as it is written: numbers lose no digit.
fn field<'a>(json: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut rest = space(space(json).strip_prefix(b"{")?);
    loop {
        rest = rest.strip_prefix(b"\"")?;
        let mut close = 0;
        while *rest.get(close)? != b'"' {
            close += if rest[close] == b'\\' { 2 } else { 1 };
        }
        let key = &rest[..close];
        rest = space(space(&rest[close + 1..]).strip_prefix(b":")?);
        let length = value(rest);
        if key == name {
            return Some(&rest[..length]).filter(|text| !text.is_empty());
        }
        rest = space(rest[length..].strip_prefix(b",")?);
    }
}

#[no_mangle]
pub extern "C" fn mega_transform(input: usize, metadata: usize, payload: usize) -> u64 {
    let start = input + metadata + payload;
    let size = payload + 512;
    reserve(start + size);
    let json = unsafe { slice::from_raw_parts((input + metadata) as *const u8, payload) };
    let mut output = Output { bytes: unsafe { slice::from_raw_parts_mut(start as *mut u8, size) }, length: 0 };
    output.put(b"{\"table\":\"orders\",\"row\":{");
    for (index, name) in FIELDS.iter().enumerate() {
        if index > 0 {
            output.put(b",");
        }
        output.put(b"\"");
        output.put(name);
        output.put(b"\":");
        match field(json, name) {
            Some(text) => output.put(text),
            None => {
                output.length = 0;
                output.put(b"!there is no ");
                output.put(name);
                return output.finish();
            }
        }
    }
    output.put(b"}}");
    output.finish()
}
