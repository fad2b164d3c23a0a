/**
 * The tables of the database as its catalogue describes them: which columns there are,
 * and what a value must be to be stored in one.
 * <p>
 * Internal to MEGA; may change without notice.
 */
@NullMarked
package org.megaetl.transformers.table;

import org.jspecify.annotations.NullMarked;
