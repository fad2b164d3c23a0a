/**
 * Configuration: {@code DATABASE_URL}, and the checks that refuse what is misspelt before
 * anything starts.
 */
@NullMarked
package org.megaetl.config;

import org.jspecify.annotations.NullMarked;
