/**
 * Events posted over HTTP, answered after their commit.
 */
@NullMarked
package org.megaetl.connector.webhook;

import org.jspecify.annotations.NullMarked;
