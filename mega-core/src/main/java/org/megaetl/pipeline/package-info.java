/**
 * The delivery engine: a batch is transformed, written in one transaction, and answered.
 */
@NullMarked
package org.megaetl.pipeline;

import org.jspecify.annotations.NullMarked;
