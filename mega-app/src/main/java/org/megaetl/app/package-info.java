/**
 * The runnable application.
 */
@NullMarked
package org.megaetl.app;

import org.jspecify.annotations.NullMarked;
