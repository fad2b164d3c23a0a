/**
 * Transformers described by configuration under {@code mega.transformers}.
 */
@NullMarked
package org.megaetl.transformers;

import org.jspecify.annotations.NullMarked;
