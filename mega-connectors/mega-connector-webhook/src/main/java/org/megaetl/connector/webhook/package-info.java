/**
 * Events posted over HTTP, answered after their commit.
 * <p>
 * Internal to MEGA; may change without notice.
 */
@NullMarked
package org.megaetl.connector.webhook;

import org.jspecify.annotations.NullMarked;
