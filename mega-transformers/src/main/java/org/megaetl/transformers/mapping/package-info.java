/**
 * Transformers that map fields of events to columns, without code.
 */
@NullMarked
package org.megaetl.transformers.mapping;

import org.jspecify.annotations.NullMarked;
