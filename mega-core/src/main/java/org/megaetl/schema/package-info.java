/**
 * Creates and updates tables before anything uses them: waits for the database, runs the
 * user's migrations, then the platform's own, then the init DDL of each transformer.
 * <p>
 * API: {@link MegaSchemaAutoConfiguration}, for auto-configurations that come after it;
 * the rest is internal to MEGA and may change without notice.
 */
@NullMarked
package org.megaetl.schema;

import org.jspecify.annotations.NullMarked;
