/**
 * The statements a transformer returns: rows and raw SQL, values always bound.
 */
@NullMarked
package org.megaetl.sql;

import org.jspecify.annotations.NullMarked;
