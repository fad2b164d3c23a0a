// What a script finds when it starts, and what it is called through. Evaluates to a function that takes what writes a
// line to the log, and maybe what takes the rows of an event, as they are or with their JSON. It returns one that takes
// the script's own function and returns one from an event to the JSON of its rows, or from several events to nothing.
(function (write, take) {
	'use strict';
	const parse = JSON.parse;
	const stringify = JSON.stringify;
	const freeze = Object.freeze;
	const preventExtensions = Object.preventExtensions;
	const define = Object.defineProperty;
	const descriptor = Object.getOwnPropertyDescriptor;
	const keys = Reflect.ownKeys;
	const isArray = Array.isArray;
	const isNumber = Number.isFinite;
	const prototypeOf = Reflect.getPrototypeOf;

	const longestLine = 8192;
	const shown = (value) => {
		if (typeof value === 'string') {
			return value;
		}
		try {
			return value instanceof Error ? `${value.name}: ${value.message}` : stringify(value) ?? String(value);
		}
		catch (error) {
			return typeof value;
		}
	};
	const log = (...values) => {
		write(values.map(shown).join(' ').slice(0, longestLine));
	};
	define(globalThis, 'console', {
		value: { log, debug: log, info: log, warn: log, error: log }, enumerable: false, configurable: true, writable: true
	});

	// An object must be able to have a "name" or a "toString" of its own although its prototype's is frozen
	const overridable = (object) => {
		for (const key of keys(object)) {
			const found = descriptor(object, key);
			if (found.configurable && 'value' in found) {
				const value = found.value;
				define(object, key, {
					get() {
						return value;
					},
					set(other) {
						if (this === object) {
							throw new TypeError(`'${String(key)}' cannot be changed for all objects`);
						}
						define(this, key, { value: other, writable: true, enumerable: true, configurable: true });
					},
					enumerable: found.enumerable,
					configurable: false
				});
			}
		}
	};

	// Nothing that one event changes may be there for the next one
	const seen = new Set();
	const harden = (object) => {
		if (object === null || (typeof object !== 'object' && typeof object !== 'function') || seen.has(object)) {
			return;
		}
		seen.add(object);
		for (const key of keys(object)) {
			const found = descriptor(object, key);
			if ('value' in found) {
				harden(found.value);
			}
			else {
				harden(found.get);
				harden(found.set);
			}
		}
		harden(prototypeOf(object));
		if (object !== globalThis) {
			freeze(object);
		}
	};
	const errors = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];
	for (const prototype of [Object.prototype, ...errors.map((type) => type.prototype)]) {
		overridable(prototype);
	}
	const iteratorHelpers = () => typeof Iterator === 'function'
		? [Iterator.from({ next() {} }), [][Symbol.iterator]().map((value) => value)] : [];
	harden(globalThis);
	for (const hidden of [function* () {}, async function () {}, async function* () {}, [][Symbol.iterator](),
			''[Symbol.iterator](), new Map()[Symbol.iterator](), new Set()[Symbol.iterator](), 'a'.matchAll(/a/g),
			new Int8Array(1), ...iteratorHelpers()]) {
		harden(prototypeOf(hidden));
	}
	for (const key of keys(globalThis)) {
		define(globalThis, key, { configurable: false, ...('value' in descriptor(globalThis, key) ? { writable: false } : {}) });
	}

	// An event is a literal with few properties, which takes an interpreter less than a constructor or private fields
	const indexOf = Symbol('index');
	const metadataOf = Symbol('metadata');
	const jsonOf = Symbol('json');
	const metadata = (event) => {
		const value = event[metadataOf];
		return typeof value === 'function' ? (event[metadataOf] = parse(value(event[indexOf]))) : value;
	};
	const prototype = {
		get json() {
			const value = this[jsonOf];
			return value === undefined ? (this[jsonOf] = parse(this.text)) : value;
		},
		get headers() {
			return metadata(this).headers;
		},
		get source() {
			return metadata(this).source;
		},
		get key() {
			return metadata(this).key;
		},
		get id() {
			return metadata(this).id;
		},
		get position() {
			return metadata(this).position;
		},
		get timestamp() {
			return metadata(this).timestamp;
		}
	};
	harden(prototype);

	// An event whose payload is no text may still be known by its headers and its key
	const withoutText = {
		__proto__: prototype,
		get text() {
			throw new TypeError('The payload is not UTF-8');
		}
	};
	harden(withoutText);
	const eventWithoutText = (index, metadata) => (
		{ __proto__: withoutText, [indexOf]: index, [metadataOf]: metadata, [jsonOf]: undefined });

	// JSON has no such numbers: it would say null
	const refuseNoNumbers = (values) => {
		if (values === null || typeof values !== 'object') {
			return;
		}
		for (const column of keys(values)) {
			const value = values[column];
			if (typeof value === 'number' && !isNumber(value)) {
				throw new TypeError(`The function returned a row whose column '${String(column)}' is ${value}`);
			}
		}
	};
	const undefinedResult = () => new TypeError('The function returned undefined: return null to skip an event');

	return (transform) => {
		if (typeof transform !== 'function') {
			throw new TypeError('There is no function: write "export function transform(event) { ... }", '
				+ 'or let the script end in the function');
		}
		// What is there is frozen, but for variables of a script that is no module, which are like a module's
		preventExtensions(globalThis);
		const bootstrapJson = (rows) => {
			if (rows === undefined) {
				throw undefinedResult();
			}
			if (typeof rows === 'function' || typeof rows === 'symbol') {
				throw new TypeError(`The function returned a ${typeof rows}`);
			}
			if (typeof rows.then === 'function') {
				throw new TypeError('The function returned a promise: it must not be async');
			}
			const output = stringify(rows);
			if (output === undefined) {
				throw undefinedResult();
			}
			// Few rows have a null, and to look at every value of every row takes an interpreter long
			if (output.includes('null')) {
				for (const row of isArray(rows) ? rows : [rows]) {
					refuseNoNumbers(row.row);
				}
			}
			return output;
		};
		const bootstrapCall = (text, metadata) => {
			const rows = transform(typeof text === 'string'
				? { __proto__: prototype, text, [indexOf]: 0, [metadataOf]: metadata, [jsonOf]: undefined }
				: eventWithoutText(0, metadata));
			return rows === null ? null : bootstrapJson(rows);
		};
		const bootstrapCalls = (metadata, ...texts) => {
			for (let i = 0; i < texts.length; i++) {
				const text = texts[i];
				const rows = transform(typeof text === 'string'
					? { __proto__: prototype, text, [indexOf]: i, [metadataOf]: metadata, [jsonOf]: undefined }
					: eventWithoutText(i, metadata));
				if (!take(rows)) {
					take(rows, bootstrapJson(rows));
				}
			}
		};
		return take === undefined ? bootstrapCall : bootstrapCalls;
	};
})
