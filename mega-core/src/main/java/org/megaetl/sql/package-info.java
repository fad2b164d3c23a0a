/**
 * The statements a transformer returns: rows and raw SQL, values always bound.
 * <p>
 * API: all of this package.
 */
@NullMarked
package org.megaetl.sql;

import org.jspecify.annotations.NullMarked;
