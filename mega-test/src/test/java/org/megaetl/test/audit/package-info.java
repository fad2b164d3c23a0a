/**
 * Audits of the engine: what it promises, counted on whole applications.
 */
@NullMarked
package org.megaetl.test.audit;

import org.jspecify.annotations.NullMarked;
